package lastgood.config;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Lists the settings of a merged tree, one row for each value, in the order of the built-in file.
final class Rows {

    /// Variables whose value is likely a secret that somebody wrote out; shown as stars, and noted on loading.
    private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(password|passwd|secret|token|apikey|_key)");

    /// `https://user:password@host`
    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s]+@");

    private Rows() {}

    static List<Row> of(Tree settings) {
        var rows = new ArrayList<Row>();
        settings.entriesOrNone().forEach((key, entry) -> add(rows, key, entry.value()));
        return List.copyOf(rows);
    }

    /// Whether a variable of an instance looks like a secret written out.
    static boolean looksSecret(String variable, Tree value) {
        return value instanceof Tree.Scalar scalar
                && !scalar.text().isEmpty()
                && variable.length() <= 200
                && SECRET_NAME.matcher(variable).matches();
    }

    private static void add(List<Row> rows, String path, Tree value) {
        if (NotYet.covers("services.*." + path) || NotYet.covers(path) || value instanceof Tree.Empty) {
            return;
        }
        var entries = value.entriesOrNone();
        if (entries.isEmpty() || Merge.isOneValue(path)) {
            rows.add(new Row(path, hidden(path, value) ? "********" : flow(value), value.origin()));
            return;
        }
        entries.forEach((key, entry) -> add(rows, Paths.child(path, key), entry.value()));
    }

    private static boolean hidden(String path, Tree value) {
        return path.startsWith("local.env.") && looksSecret(path, value);
    }

    private static String flow(Tree value) {
        return switch (value) {
            case Tree.Mapping(var origin, var entries) ->
                entries.entrySet().stream()
                        .map(e -> e.getKey() + ": " + flow(e.getValue().value()))
                        .collect(joining(", ", "{", "}"));
            case Tree.Sequence(var origin, var items) ->
                items.stream().map(Rows::flow).collect(joining(", ", "[", "]"));
            case Tree.Scalar scalar -> USER_INFO.matcher(scalar.text()).replaceAll("********@");
            case Tree.Empty empty -> "";
        };
    }
}
