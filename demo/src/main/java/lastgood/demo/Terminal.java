package lastgood.demo;

import java.io.BufferedReader;
import java.io.PrintStream;
import java.util.function.IntSupplier;

/// Where the story is told.
///
/// @param asks whether a person is there to answer
/// @param moves whether the last line may be written again: a person looks
/// @param unicode whether more than ASCII can be shown
public record Terminal(
        BufferedReader in,
        PrintStream out,
        PrintStream err,
        boolean asks,
        boolean moves,
        boolean colors,
        boolean unicode,
        IntSupplier width) {}
