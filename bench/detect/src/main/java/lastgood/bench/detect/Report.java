package lastgood.bench.detect;

import java.io.PrintStream;
import java.util.Locale;

/// The results as tables that a person can read.
final class Report {

    private Report() {}

    static void print(Results r, PrintStream out) {
        line(out, "%nFalse alarms in 24 h of a healthy release (share of days, 95 %% interval); us for each scrape");
        line(out, "  %-28s %-32s %-32s %8s %7s", "rule", "laws tuned on", "held-out laws", "matched", "us");
        for (var a : r.alarms()) {
            line(out, "  %-28s %-32s %-32s %8.2f %7.1f", a.rule(), a.tuned(), a.heldOut(), a.matched(), a.micros());
        }
        line(
                out,
                "  matched: the score at which at most 1 day in 100 has a false alarm; 1 is the rule's own threshold");
        line(out, "  ours on further days: %s", r.alone());
        delays(r, out);
        steps(r, out);
        line(out, "%nBlame: the release is blamed in an hour ...");
        line(out, "  %-28s %-34s %-34s", "rule", "with an outage of a dependency", "of a bad release");
        for (var b : r.blame()) {
            line(out, "  %-28s %-34s %-34s", b.rule(), b.outages(), b.releases());
        }
        line(out, "%nValidity: wrong in an hour exactly on the border of the null");
        for (var b : r.borders()) {
            line(out, "  %-30s promised %6.2f%%  seen %s", b.claim(), 100 * b.alpha(), b.wrong());
        }
        line(out, "%nRecovery proved; and called recovered, wrongly, in an hour with true errors of 1 %%");
        for (var p : r.recovered()) {
            line(
                    out,
                    "  errors %.1f%% %6.0f rps  median %7s  p90 %7s  wrongly %s",
                    100 * p.errors(),
                    p.rps(),
                    time(p.median()),
                    time(p.p90()),
                    p.wrongly());
        }
        line(
                out,
                "%nFailed requests that prove a total outage: %d; a broken route with 1 %% of the traffic: %d",
                r.needed().outage(),
                r.needed().route());
        var c = r.cost();
        line(
                out,
                "%nCost: %.2f us an update (one stream, one claim), %.0f streams at 15 s on one core, "
                        + "%.1f us for all claims on errors of a service",
                c.updateMicros(),
                15e6 / c.updateMicros(),
                c.scrapeMicros());
        line(out, "      %.1f kB for each of %d watched services", c.bytes() / 1000, c.services());
        line(out, "%nseed %d, %s, %.0f s", r.options().seed(), r.options().quick() ? "quick" : "whole", r.seconds());
    }

    private static void delays(Results r, PrintStream out) {
        line(out, "%nDelay from onset to alarm: median (p90) [median at the matched score] and bad answers by then");
        var effect = "";
        for (var d : r.delays()) {
            var cell = "%s, %.0f rps to the new version".formatted(d.effect(), d.rps());
            if (!cell.equals(effect)) {
                effect = cell;
                line(out, "  %s", cell);
            }
            line(
                    out,
                    "    %-28s %7s (%7s) [%7s] %9.0f bad, found %d of %d",
                    d.rule(),
                    time(d.median()),
                    time(d.p90()),
                    time(d.atMatched()),
                    d.badAnswers(),
                    d.found().hits(),
                    d.found().of());
        }
    }

    private static void steps(Results r, PrintStream out) {
        line(out, "%nOurs, step by step (medians): suspected and paused, proved worse, proved > 5 pp, proved > 10 pp");
        for (var s : r.steps()) {
            line(
                    out,
                    "  %-26s %6.0f rps %8s %8s %8s %8s",
                    s.effect(),
                    s.rps(),
                    time(s.suspected()),
                    time(s.proved()),
                    time(s.overFive()),
                    time(s.overTen()));
        }
    }

    static String time(double seconds) {
        return Double.isFinite(seconds) ? "%.0f s".formatted(seconds) : "never";
    }

    private static void line(PrintStream out, String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
    }
}
