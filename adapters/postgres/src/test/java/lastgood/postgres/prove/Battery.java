package lastgood.postgres.prove;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import lastgood.core.schema.Sql;

/// Reads the published battery.
record Battery(String name, boolean breaking, String why, String before, String up, String down, List<String> says) {

    static String base() {
        return read("base.sql");
    }

    static List<Battery> cases() {
        var all = new ArrayList<Battery>();
        for (var text : read("cases.sql").split("(?m)^--- ", -1)) {
            if (text.isBlank()) {
                continue;
            }
            var head = text.lines().findFirst().orElseThrow().split(" \\| ", 3);
            all.add(new Battery(
                    head[0],
                    head[1].equals("breaking"),
                    head[2],
                    section(text, "before"),
                    section(text, "up"),
                    section(text, "down"),
                    Sql.statements(section(text, "says"))));
        }
        return all;
    }

    private static String section(String text, String name) {
        var from = text.indexOf("\n-- " + name + "\n");
        if (from < 0) {
            return "";
        }
        var start = from + name.length() + 5;
        var end = text.length();
        for (var other : List.of("before", "up", "down", "says")) {
            var at = text.indexOf("\n-- " + other + "\n", start - 1);
            end = at >= 0 && at < end ? at : end;
        }
        return start >= end ? "" : text.substring(start, end);
    }

    private static String read(String name) {
        try (var in = Battery.class.getResourceAsStream("/battery/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
