package lastgood.cli.out;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Columns that line up; no borders, so that `awk` can read it too.
public final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... heads) {
        rows.add(List.of(heads));
    }

    public Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    public boolean isEmpty() {
        return rows.size() == 1;
    }

    public List<String> lines() {
        var widths = new int[rows.getFirst().size()];
        for (var row : rows) {
            for (var i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (var i = 0; i < row.size(); i++) {
            line.append(row.get(i));
            if (i < row.size() - 1) {
                line.repeat(' ', widths[i] - row.get(i).length() + 2);
            }
        }
        return line.toString().stripTrailing();
    }

    /// The same for a report in Markdown.
    public List<String> markdown() {
        var lines = new ArrayList<String>();
        for (var row : rows) {
            lines.add(row.stream().map(c -> c.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |")));
            if (lines.size() == 1) {
                lines.add(row.stream().map(_ -> "---").collect(Collectors.joining(" | ", "| ", " |")));
            }
        }
        return lines;
    }
}
