package lastgood.local.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads the seconds from a moment on, each of them once, while they are being written.
final class Tail {

    private final HistoryFiles files;
    private long from;
    private long file = Long.MIN_VALUE;
    private long offset;

    Tail(HistoryFiles files, long from) {
        this.files = files;
        this.from = from;
    }

    List<Line> next() throws IOException {
        var lines = new ArrayList<Line>();
        // A file is complete once a later one is there: so they are listed before one is read.
        for (var one : files.files(HistoryFiles.SECONDS).entrySet()) {
            if (one.getKey() < file || one.getKey() + HistoryFiles.SECONDS.fileMillis() <= from) {
                continue;
            }
            if (one.getKey() > file) {
                file = one.getKey();
                offset = 0;
            }
            var part = HistoryFiles.lines(one.getValue(), offset);
            offset = part.end();
            part.lines().stream().filter(l -> l.at() > from).forEach(lines::add);
        }
        if (!lines.isEmpty()) {
            from = lines.getLast().at();
        }
        return lines;
    }
}
