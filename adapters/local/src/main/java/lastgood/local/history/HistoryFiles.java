package lastgood.local.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.local.files.Json;

/// Where the history lies: each second for two hours, in files of ten minutes, and each minute for eight days, in
/// files of a day. A few kilobytes a minute and service; whole files are removed when they are too old.
public final class HistoryFiles {

    /// Longer than the watch of a release, with the hour before it.
    static final Duration SECONDS_KEPT = Duration.ofHours(2);

    /// The same hour a week ago, and the hour around it.
    static final Duration MINUTES_KEPT = Duration.ofDays(8);

    static final long MINUTE = 60_000;
    static final Grain SECONDS = new Grain("seconds-", 10 * MINUTE, SECONDS_KEPT.toMillis());
    static final Grain MINUTES = new Grain("minutes-", 24 * 60 * MINUTE, MINUTES_KEPT.toMillis());

    private static final String SUFFIX = ".jsonl";

    /// A file of ten minutes of a busy service with many instances has some megabytes.
    private static final long BYTES_MAX = 64L * 1024 * 1024;

    private final Path folder;

    /// @param data the data folder
    public HistoryFiles(Path data) {
        this.folder = data.resolve("history");
    }

    /// @param fileMillis how much time is in one file
    record Grain(String prefix, long fileMillis, long keptMillis) {}

    Path folder() {
        return folder;
    }

    Path file(Grain grain, long at) {
        return folder.resolve(grain.prefix() + Math.floorDiv(at, grain.fileMillis()) * grain.fileMillis() + SUFFIX);
    }

    /// The files of that grain by the time at which they begin.
    SortedMap<Long, Path> files(Grain grain) throws IOException {
        var found = new TreeMap<Long, Path>();
        try (var all = Files.list(folder)) {
            for (var file : all.toList()) {
                var name = String.valueOf(file.getFileName());
                if (name.matches(grain.prefix() + "[0-9]{1,15}\\.jsonl")) {
                    found.put(
                            Long.parseLong(name.substring(grain.prefix().length(), name.length() - SUFFIX.length())),
                            file);
                }
            }
        } catch (NoSuchFileException _) {
            // nobody has counted anything here yet
        }
        return found;
    }

    /// What ended after `from` and not after `to`, oldest first.
    List<Line> read(Grain grain, long from, long to) throws IOException {
        var lines = new ArrayList<Line>();
        for (var file : files(grain).entrySet()) {
            if (file.getKey() <= to && file.getKey() + grain.fileMillis() > from) {
                lines(file.getValue(), 0).lines().stream()
                        .filter(l -> l.at() > from && l.at() <= to)
                        .forEach(lines::add);
            }
        }
        return lines;
    }

    /// @param end of the last whole line
    record Part(List<Line> lines, long end) {}

    /// The whole lines from there on. One that was torn by a crash is nobody's.
    static Part lines(Path file, long from) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            bytes = in.readNBytes((int) BYTES_MAX);
        } catch (NoSuchFileException | java.io.EOFException _) {
            return new Part(List.of(), from);
        }
        var end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        var lines = new ArrayList<Line>();
        for (var text : new String(bytes, 0, end, UTF_8).split("\n", -1)) {
            try {
                if (!text.isEmpty()) {
                    lines.add(Json.read(text.getBytes(UTF_8), Line.class));
                }
            } catch (IOException | IllegalArgumentException _) {
                // torn by a crash, and more was written after it
            }
        }
        return new Part(lines, from + end);
    }
}
