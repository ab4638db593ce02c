package lastgood.cli.db;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Paint;
import lastgood.cli.out.Screen;
import lastgood.core.Words;
import lastgood.core.data.IntegrityReport;
import lastgood.core.data.IntegrityReport.Standing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The runbook's `verify-data-integrity.sh`.
@Command(
        name = "integrity",
        mixinStandardHelpOptions = true,
        description =
                "Checks indexes, constraints, sequences and your own invariants. Exit 11 if something is unsound.",
        footer = {
            "",
            "Examples:",
            "  lastgood db integrity -e production",
            "  lastgood db integrity -e production --comprehensive      reads everything"
        })
final class IntegrityVerb extends DatabaseVerb {

    @Option(names = "--comprehensive", description = "reads every row and every page; takes as long as that takes")
    private boolean comprehensive;

    IntegrityVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() {
        var session = session();
        if (comprehensive) {
            screen().say("reading all of the database of %s".formatted(session.service()));
        }
        var report = session.ports().databases().integrity().check(session.service(), comprehensive);
        if (common().format() == Format.JSON || common().format() == Format.YAML) {
            json(session.service().toString(), report);
        } else {
            shown(report).forEach(f -> screen().data(line(screen(), f)));
            screen().data(summary(report));
        }
        return report.isSound() ? Exit.DONE : Exit.THRESHOLD;
    }

    /// What is fine in hundreds of places is one line; what is not is one each.
    private static List<IntegrityReport.Finding> shown(IntegrityReport report) {
        var shown = new ArrayList<IntegrityReport.Finding>();
        var passed = new LinkedHashMap<String, List<IntegrityReport.Finding>>();
        for (var finding : report.findings()) {
            if (finding.standing() == Standing.PASS) {
                passed.computeIfAbsent(finding.check(), _ -> new ArrayList<>()).add(finding);
            } else {
                shown.add(finding);
            }
        }
        passed.forEach((check, all) -> shown.add(
                all.size() == 1
                        ? all.getFirst()
                        : new IntegrityReport.Finding(Standing.PASS, check, "all %d".formatted(all.size()), 0, "")));
        return shown;
    }

    private void json(String service, IntegrityReport report) {
        var doc = Data.document("IntegrityReport")
                .put("service", service)
                .put("comprehensive", report.comprehensive())
                .put("sound", report.isSound());
        var items = doc.putArray("findings");
        report.findings()
                .forEach(f -> items.addObject()
                        .put("standing", f.standing().name())
                        .put("check", f.check())
                        .put("object", f.object())
                        .put("count", f.count())
                        .put("detail", f.detail()));
        data(doc);
    }

    private static String line(Screen screen, IntegrityReport.Finding f) {
        var sign = switch (f.standing()) {
            case PASS -> screen.paint(Paint.GOOD, "✔ PASS   ");
            case FAIL -> screen.paint(Paint.BAD, "✖ FAIL   ");
            case UNKNOWN -> screen.paint(Paint.WARN, "◌ UNKNOWN");
        };
        return " %s %-14s %s%s%s"
                .formatted(
                        sign,
                        Screen.plain(f.check()),
                        Screen.plain(f.object()),
                        f.count() == 0 ? "" : "  %d found".formatted(f.count()),
                        f.detail().isEmpty() ? "" : "  (%s)".formatted(Screen.plain(f.detail())));
    }

    private static String summary(IntegrityReport report) {
        var bad = count(report, Standing.FAIL);
        var unknown = count(report, Standing.UNKNOWN);
        var blind = unknown == 0 ? "" : "; %s could not be looked at".formatted(Words.count(unknown, "thing"));
        if (bad > 0) {
            return "UNSOUND: %s%s".formatted(Words.count(bad, "finding"), blind);
        }
        if (report.findings().isEmpty()) {
            return "nothing was checked";
        }
        return "sound, as far as was looked%s%s"
                .formatted(blind, report.comprehensive() ? "" : "; --comprehensive reads everything");
    }

    private static long count(IntegrityReport report, Standing standing) {
        return report.findings().stream().filter(f -> f.standing() == standing).count();
    }
}
