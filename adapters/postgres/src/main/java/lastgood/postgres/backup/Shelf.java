package lastgood.postgres.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.server.Programs;

/// A folder with one folder for each backup, for providers that keep files.
///
/// A backup is made in `NAME.partial` under a lock and gets its name when everything is on disk: one that has its name
/// is complete, whoever died when. The lock ends with its process, so a partial folder without one is nobody's.
///
/// @param folder on a disk that is not the server's, if it should outlive it
record Shelf(Path folder) {

    private static final String PARTIAL = ".partial";
    private static final String LABEL = "lastgood-backup.json";

    /// Names become folders.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,120}");

    /// Everything that was written goes to disk at once; a very large one takes its time.
    private static final Duration SYNC = Duration.ofHours(1);

    Shelf {
        folder = folder.toAbsolutePath();
    }

    /// What stands in the folder beside the data; instants as text, because it is read by people too.
    record Label(
            String name,
            String system,
            int timeline,
            String startLsn,
            String stopLsn,
            long nextXid,
            String started,
            String finished,
            long bytes,
            long restoredBytes,
            Map<String, String> extra) {

        static Label of(Stored s) {
            return new Label(
                    s.name(),
                    s.system(),
                    s.timeline(),
                    s.startLsn(),
                    s.stopLsn(),
                    s.nextXid(),
                    s.started().toString(),
                    s.finished().toString(),
                    s.bytes(),
                    s.restoredBytes(),
                    s.extra());
        }

        Stored stored() {
            return new Stored(
                    name,
                    name,
                    system,
                    timeline,
                    startLsn,
                    stopLsn,
                    nextXid,
                    Instant.parse(started),
                    Instant.parse(finished),
                    bytes,
                    restoredBytes,
                    extra == null ? Map.of() : extra);
        }
    }

    List<Stored> list() {
        try (var entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory)
                    .filter(e -> !e.getFileName().toString().endsWith(PARTIAL))
                    .flatMap(e -> Documents.read(e.resolve(LABEL), Label.class).stream())
                    .map(Label::stored)
                    .toList();
        } catch (NoSuchFileException | java.nio.file.NotDirectoryException _) {
            return List.of();
        } catch (IOException e) {
            throw new Forbidden("could not read the backups in %s: %s".formatted(folder, e.getMessage()));
        }
    }

    Optional<String> underway(String name) {
        return lock(name).taken() ? Optional.of("a process of this machine is taking it") : Optional.empty();
    }

    /// @param work fills the folder and says what it became
    Stored make(String name, Function<Path, Stored> work) {
        if (!NAME.matcher(name).matches() || name.endsWith(PARTIAL)) {
            throw new Forbidden(
                    "`%s` cannot name a backup\nhint: letters, digits, dots, dashes".formatted(name.strip()));
        }
        return lock(name).run("take backup " + name, () -> {
            var there = at(name);
            if (Files.isDirectory(there)) {
                return Documents.read(there.resolve(LABEL), Label.class)
                        .map(Label::stored)
                        .orElseThrow(() -> new Forbidden(
                                "%s is there and is no backup of ours; it was left as it is".formatted(there)));
            }
            var partial = folder.resolve(name + PARTIAL);
            try {
                delete(partial);
                Files.createDirectories(partial);
                var made = work.apply(partial);
                Documents.write(partial.resolve(LABEL), Label.of(made));
                sync(partial);
                Files.move(partial, there, StandardCopyOption.ATOMIC_MOVE);
                Documents.syncFolder(folder);
                return made;
            } catch (IOException e) {
                throw new Forbidden("could not keep backup %s in %s: %s\nthere is no such backup now"
                        .formatted(name, folder, e.getMessage()));
            }
        });
    }

    /// One call for the whole disk is faster than one for each of a thousand files.
    private static void sync(Path partial) {
        Programs.run(List.of("sync", "--file-system", partial.toString()), Map.of(), SYNC)
                .orRefuse("write the backup to disk");
    }

    Path at(String name) {
        return folder.resolve(name);
    }

    private Exclusively lock(String name) {
        return new Exclusively(folder.resolve(".locks").resolve(name));
    }

    static long bytes(Path folder) {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            throw new Forbidden("could not measure %s: %s".formatted(folder, e.getMessage()));
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        var all = new ArrayList<Path>();
        try (var paths = Files.walk(folder)) {
            paths.forEach(all::add);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        all.sort(Comparator.reverseOrder());
        for (var path : all) {
            Files.deleteIfExists(path);
        }
    }
}
