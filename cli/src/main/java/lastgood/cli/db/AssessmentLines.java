package lastgood.cli.db;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lastgood.cli.out.Data;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Table;
import lastgood.core.Words;
import lastgood.core.data.Assessment;
import lastgood.core.data.Assessment.Conflict;
import lastgood.core.data.Assessment.Way;
import lastgood.core.data.RowCounts;

/// What is at stake, counted, as people read it before anyone agrees to anything.
record AssessmentLines(Assessment assessment) {

    /// All of them are in the evidence of the run that mends them.
    private static final int CONFLICTS_MAX = 10;

    private static final int VALUE_MAX = 60;

    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add("compared with %s, restored as %s".formatted(plain(assessment.point()), plain(assessment.scratch())));
        if (assessment.tables().isEmpty()) {
            lines.add("  no row of any table is different");
        } else {
            table().forEach(l -> lines.add("  " + l));
        }
        assessment.conflicts().stream().limit(CONFLICTS_MAX).forEach(c -> lines.add("  " + conflict(c)));
        if (assessment.conflicts().size() > CONFLICTS_MAX) {
            lines.add("  and %d more conflicts: -o json"
                    .formatted(assessment.conflicts().size() - CONFLICTS_MAX));
        }
        assessment.remarks().forEach(r -> lines.add("  note: " + plain(r)));
        lines.add("ways out, least lost first");
        assessment.ways().forEach(w -> lines.add("  " + way(w)));
        return lines;
    }

    private List<String> table() {
        var table = new Table("TABLE", "REPAIRED", "KEPT", "CONFLICTS", "LOST");
        assessment.tables().forEach(t -> row(table, t.table(), t));
        if (assessment.tables().size() > 1) {
            row(table, "all", total());
        }
        return table.lines();
    }

    private static void row(Table table, String name, RowCounts t) {
        table.row(
                plain(name),
                Long.toString(t.repaired()),
                Long.toString(t.kept()),
                Long.toString(t.conflicts()),
                Long.toString(t.lost()));
    }

    private RowCounts total() {
        return assessment.tables().stream()
                .reduce(
                        new RowCounts("all", 0, 0, 0, 0),
                        (a, b) -> new RowCounts(
                                "all",
                                a.repaired() + b.repaired(),
                                a.kept() + b.kept(),
                                a.conflicts() + b.conflicts(),
                                a.lost() + b.lost()));
    }

    private static String conflict(Conflict c) {
        return "conflict %s %s: was %s, damaged to %s, now %s"
                .formatted(plain(c.table()), plain(c.key()), value(c.before()), value(c.damaged()), value(c.now()));
    }

    private static String value(String json) {
        var text = plain(json);
        return text.isEmpty() ? "no row" : text.length() <= VALUE_MAX ? text : text.substring(0, VALUE_MAX - 1) + "…";
    }

    static String way(Way way) {
        return "%-9s %s%s; %s"
                .formatted(
                        word(way.kind()),
                        way.lost() == 0 ? "loses nothing" : "loses " + Words.count(way.lost(), "good row"),
                        way.conflicts() == 0
                                ? ""
                                : ", leaves %s to you".formatted(Words.count(way.conflicts(), "conflicting row")),
                        time(way));
    }

    static String time(Way way) {
        var about = way.predicted().isZero() ? "" : "about " + Words.duration(way.predicted());
        if (!way.unproven()) {
            return about.isEmpty() ? "time not known" : about;
        }
        return about.isEmpty() ? "UNPROVEN: never rehearsed here" : about + ", UNPROVEN: never rehearsed here";
    }

    private static String word(Way.Kind kind) {
        return switch (kind) {
            case SALVAGE -> "salvage";
            case SWAP -> "restore";
        };
    }

    private static String plain(String text) {
        return Screen.plain(text);
    }

    ObjectNode json() {
        var doc = Data.document("Assessment")
                .put("scratch", assessment.scratch())
                .put("point", assessment.point())
                .put("digest", assessment.digest().text());
        var tables = doc.putArray("tables");
        assessment
                .tables()
                .forEach(t -> tables.addObject()
                        .put("table", t.table())
                        .put("repaired", t.repaired())
                        .put("kept", t.kept())
                        .put("conflicts", t.conflicts())
                        .put("lost", t.lost()));
        var conflicts = doc.putArray("conflicts");
        assessment
                .conflicts()
                .forEach(c -> conflicts
                        .addObject()
                        .put("table", c.table())
                        .put("key", c.key())
                        .put("before", c.before())
                        .put("damaged", c.damaged())
                        .put("now", c.now()));
        var ways = doc.putArray("ways");
        assessment
                .ways()
                .forEach(w -> ways.addObject()
                        .put("way", w.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .put("lost", w.lost())
                        .put("conflicts", w.conflicts())
                        .put("predicted", w.predicted().toString())
                        .put("unproven", w.unproven()));
        doc.set("remarks", Data.texts(assessment.remarks()));
        return doc;
    }
}
