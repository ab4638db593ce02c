package lastgood.local.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.local.proxy.Answered;

/// Writes the history; one for each data folder, by one thread. What was counted in the second before a power loss
/// may be lost; whole lines that were written are never changed.
public final class HistoryWriter {

    private final HistoryFiles files;
    private final List<Line> minute = new ArrayList<>();
    private long last;

    /// Goes on where an agent before it has ended.
    public HistoryWriter(Path data, long now) throws IOException {
        this.files = new HistoryFiles(data);
        Files.createDirectories(files.folder());
        for (var file : files.files(HistoryFiles.SECONDS).values()) {
            endTornLine(file);
        }
        for (var file : files.files(HistoryFiles.MINUTES).values()) {
            endTornLine(file);
        }
        var minutes = files.read(HistoryFiles.MINUTES, now - 2 * HistoryFiles.MINUTES.fileMillis(), now);
        var done = minutes.isEmpty() ? Long.MIN_VALUE : minutes.getLast().at();
        files.read(HistoryFiles.SECONDS, done, now).forEach(line -> {
            writeMinuteBefore(line.at());
            minute.add(line);
        });
        last = minute.isEmpty() ? now - 1 : minute.getLast().at();
    }

    /// What was answered since the last time. A clock that was set back does not take the order away.
    public void write(long now, List<Answered> answered) throws IOException {
        var at = Math.max(now, last + 1);
        writeMinuteBefore(at);
        var line = new Line(at, at - last, answered);
        append(files.file(HistoryFiles.SECONDS, at), line);
        minute.add(line);
        last = at;
    }

    /// Removes what is too old; now and then is enough.
    public void prune(long now) throws IOException {
        for (var grain : List.of(HistoryFiles.SECONDS, HistoryFiles.MINUTES)) {
            for (var file : files.files(grain).entrySet()) {
                if (file.getKey() + grain.fileMillis() + grain.keptMillis() < now) {
                    Files.deleteIfExists(file.getValue());
                }
            }
        }
    }

    private void writeMinuteBefore(long at) {
        if (minute.isEmpty() || minuteOf(minute.getFirst().at()) == minuteOf(at)) {
            return;
        }
        var end = (minuteOf(minute.getFirst().at()) + 1) * HistoryFiles.MINUTE - 1;
        var line = new Line(end, HistoryFiles.MINUTE, together(minute));
        minute.clear();
        try {
            append(files.file(HistoryFiles.MINUTES, end), line);
        } catch (IOException e) {
            // the seconds are there; what is lost is one minute of what is compared with in a week
            System.err.println("history: " + e);
        }
    }

    private static long minuteOf(long at) {
        return Math.floorDiv(at, HistoryFiles.MINUTE);
    }

    private record Key(String service, String revision, String workload, String instance) {}

    private static List<Answered> together(List<Line> lines) {
        Map<Key, Answered> sums = new LinkedHashMap<>();
        for (var line : lines) {
            for (var a : line.of()) {
                sums.merge(new Key(a.service(), a.revision(), a.workload(), a.instance()), a, HistoryWriter::plus);
            }
        }
        return List.copyOf(sums.values());
    }

    /// Without routes: nothing that is older than two hours is asked by route.
    private static Answered plus(Answered a, Answered b) {
        var buckets = new TreeMap<>(a.buckets());
        b.buckets().forEach((bucket, n) -> buckets.merge(bucket, n, Long::sum));
        return new Answered(
                a.service(),
                a.revision(),
                a.workload(),
                a.instance(),
                a.requests() + b.requests(),
                a.errors() + b.errors(),
                buckets,
                new TreeMap<>());
    }

    private static void append(Path file, Line line) throws IOException {
        Files.write(
                file,
                (lastgood.local.files.Json.text(line) + "\n").getBytes(UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static void endTornLine(Path file) throws IOException {
        var size = Files.size(file);
        if (size > HistoryFiles.lines(file, 0).end()) {
            Files.write(file, new byte[] {'\n'}, StandardOpenOption.APPEND);
        }
    }
}
