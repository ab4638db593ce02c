package lastgood.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import lastgood.core.Digest;
import lastgood.core.data.Assessment;
import lastgood.core.data.RowCounts;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.backup.Documents;

/// What was assessed, by its scratch: a plan is made after it, perhaps by another process.
record Assessments(Path folder) {

    /// As it is written down: plain values only.
    private record Written(
            String scratch,
            String point,
            List<RowCounts> tables,
            List<Assessment.Conflict> conflicts,
            List<Way> ways,
            String digest,
            List<String> remarks,
            String at) {}

    private record Way(String kind, long lost, long conflicts, long millis, boolean unproven) {}

    void keep(Assessment assessment, java.time.Instant at) {
        Documents.write(
                folder.resolve(assessment.scratch() + ".json"),
                new Written(
                        assessment.scratch(),
                        assessment.point(),
                        assessment.tables(),
                        assessment.conflicts(),
                        assessment.ways().stream()
                                .map(w -> new Way(
                                        w.kind().name(),
                                        w.lost(),
                                        w.conflicts(),
                                        w.predicted().toMillis(),
                                        w.unproven()))
                                .toList(),
                        assessment.digest().text(),
                        assessment.remarks(),
                        at.toString()));
    }

    /// The newest, or the newest of one scratch.
    Optional<Assessment> newest(Optional<String> scratch) {
        return all().stream()
                .filter(w -> scratch.isEmpty() || scratch.get().equals(w.scratch()))
                .max(Comparator.comparing(Written::at))
                .map(Assessments::assessment);
    }

    private List<Written> all() {
        try (var files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".json"))
                    .flatMap(f -> Documents.read(f, Written.class).stream())
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw new Forbidden("could not read the assessments in %s: %s".formatted(folder, e.getMessage()));
        }
    }

    /// Earlier versions wrote down a restore in place as well, which nobody can ask for.
    private static boolean isKnown(Way way) {
        return Stream.of(Assessment.Way.Kind.values()).anyMatch(k -> k.name().equals(way.kind()));
    }

    private static Assessment assessment(Written w) {
        return new Assessment(
                w.scratch(),
                w.point(),
                w.tables(),
                w.conflicts(),
                w.ways().stream()
                        .filter(Assessments::isKnown)
                        .map(way -> new Assessment.Way(
                                Assessment.Way.Kind.valueOf(way.kind()),
                                way.lost(),
                                way.conflicts(),
                                Duration.ofMillis(way.millis()),
                                way.unproven()))
                        .toList(),
                new Digest(w.digest()),
                w.remarks());
    }
}
