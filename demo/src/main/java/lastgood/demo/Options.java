package lastgood.demo;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How the demo is wanted.
///
/// @param json one document on stdout instead of the story
/// @param ask whether the person at the keyboard gives the approval
/// @param keep whether everything is left running
/// @param seed of the load's mix and of the moment of the kill
/// @param data the folder to play in; null: a new one, removed at the end
public record Options(
        Scenario scenario,
        boolean json,
        boolean ask,
        boolean keep,
        long seed,
        @Nullable Path data) {}
