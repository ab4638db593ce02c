package lastgood.engine.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import lastgood.core.Digest;
import lastgood.core.Evidence;
import lastgood.core.plan.Step;
import lastgood.core.plan.Step.ApplyMigration.After;
import lastgood.engine.port.Time;
import lastgood.engine.port.database.Schemas;

/// Moves a schema between two fingerprints. The history table says which migrations are applied, the
/// fingerprint
/// whether that is all there is to it: a column that somebody added by hand is in no history.
final class SchemaHandler {

    private final Schemas schemas;
    private final Time time;

    SchemaHandler(Schemas schemas, Time time) {
        this.schemas = schemas;
        this.time = time;
    }

    /// Several migrations may be undone one by one, so a part of the way is met with too: the rest is asked
    /// for.
    Sighting undone(Step.UndoMigrations step, String key) {
        var seen = schemas.look(step.service());
        var left = step.newestFirst().stream().filter(seen.applied()::contains).toList();
        return unlessInTheMiddle(seen, () -> {
            if (left.isEmpty()) {
                return seen.schema().equals(step.to())
                        ? done(seen)
                        : new Sighting.Foreign(
                                "the migrations are undone, and the schema is %s instead of %s; something else was changed in it"
                                        .formatted(
                                                seen.schema().brief(), step.to().brief()));
            }
            if (!newestFirst(seen.applied(), left.size()).equals(left)) {
                return new Sighting.Foreign("%s was applied after this plan was made; plan again from there"
                        .formatted(
                                seen.applied().isEmpty()
                                        ? "something"
                                        : seen.applied().getLast()));
            }
            if (left.size() == step.newestFirst().size()) {
                if (!seen.schema().equals(step.from())) {
                    return changed(seen, step.from());
                }
                if (seen.marks().contains(key)) {
                    return Marks.putBack("the schema");
                }
            }
            return new Sighting.NotYet(facts(seen), fence -> schemas.undo(seen, left, step.to(), fence));
        });
    }

    private static List<String> newestFirst(List<String> applied, int count) {
        return applied.size() < count
                ? List.of()
                : new ArrayList<>(applied.subList(applied.size() - count, applied.size())).reversed();
    }

    Sighting applied(Step.ApplyMigration step, String key) {
        var seen = schemas.look(step.service());
        return unlessInTheMiddle(seen, () -> {
            if (seen.applied().contains(step.migration())) {
                return done(seen);
            }
            if (seen.marks().contains(key)) {
                return Marks.putBack("migration " + step.migration());
            }
            return switch (step.after()) {
                case After.Schema(var digest) when !seen.schema().equals(digest) -> changed(seen, digest);
                case After.Migration(var before)
                when seen.applied().isEmpty() || !seen.applied().getLast().equals(before) ->
                    new Sighting.Foreign(
                            "%s is not the newest migration any more; plan again from there".formatted(before));
                case After _ -> new Sighting.NotYet(facts(seen), fence -> schemas.apply(seen, step.migration(), fence));
            };
        });
    }

    Sighting checked(Step.CheckSchema step) {
        var seen = schemas.look(step.service());
        return unlessInTheMiddle(
                seen,
                () -> step.proved().contains(seen.schema())
                        ? done(seen)
                        : new Sighting.Foreign("the schema is %s, and the release is proved to work on %s only"
                                .formatted(
                                        seen.schema().brief(),
                                        step.proved().stream()
                                                .map(Digest::brief)
                                                .collect(Collectors.joining(", ")))));
    }

    private static Sighting unlessInTheMiddle(Schemas.State seen, Supplier<Sighting> otherwise) {
        if (!seen.busy().isEmpty()) {
            return new Sighting.Underway(seen.busy(), "", DatabaseHandlers.LOOK_AGAIN);
        }
        return seen.halfDone().isEmpty()
                ? otherwise.get()
                : new Sighting.Foreign("migration %s is half done; what of it took effect, a person has to see"
                        .formatted(seen.halfDone()));
    }

    private static Sighting changed(Schemas.State seen, Digest wanted) {
        return new Sighting.Foreign("the schema was changed after this plan was made: it is %s and was %s"
                .formatted(seen.schema().brief(), wanted.brief()));
    }

    private static SortedMap<String, String> facts(Schemas.State seen) {
        return new TreeMap<>(Map.of(
                "schema",
                seen.schema().text(),
                "newest",
                seen.applied().isEmpty() ? "" : seen.applied().getLast()));
    }

    private Sighting done(Schemas.State seen) {
        return new Sighting.Done(Evidence.seen(
                "the schema is " + seen.schema().brief(),
                "schema %s applied %s".formatted(seen.schema(), seen.applied()),
                time.now()));
    }
}
