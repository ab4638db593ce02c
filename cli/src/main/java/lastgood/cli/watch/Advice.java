package lastgood.cli.watch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import lastgood.cli.Session;
import lastgood.cli.out.Bars;
import lastgood.cli.out.Data;
import lastgood.cli.out.Paint;
import lastgood.cli.out.Screen;
import lastgood.cli.out.When;
import lastgood.core.Severity;
import lastgood.core.Verdict;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.decide.Decision;
import lastgood.core.decide.Decision.Act;
import lastgood.core.decide.Decision.Clock;
import lastgood.core.decide.Decision.Unattended;
import lastgood.core.decide.Situation;
import lastgood.core.decide.Situation.Way;
import lastgood.core.detect.Assessment;
import lastgood.core.detect.Attribution;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Reading;
import lastgood.engine.watch.Moment;
import lastgood.engine.watch.View;

/// The answer to "should we roll back?", as people and scripts read it.
final class Advice {

    /// What a picture of the last minutes needs.
    private static final int COLUMNS = 40;

    private final Session session;
    private final View view;
    private final Situation situation;
    private final Decision decision;

    Advice(Session session, View view) {
        this.session = session;
        this.view = view;
        this.situation = view.situation();
        this.decision = view.decision();
    }

    // ---- for people

    List<String> lines(Screen screen) {
        var lines = new ArrayList<String>();
        lines.add("Should we roll back?   " + screen.paint(paint(), headline()));
        lines.add(" RELEASE     " + release());
        lines.addAll(labelled("WHY", decision.reasons()));
        decision.severity().ifPresent(s -> lines.add(" SEVERITY    " + severity(s)));
        lines.add(" USERS       " + users());
        picture(screen).ifPresent(p -> lines.add("             " + p));
        lines.add(" SURE        " + sure());
        lines.add(" WHOSE       " + whose(decision.attribution()));
        lines.addAll(labelled("ALSO", signals()));
        lines.addAll(labelled("NOT SEEN", situation.deaf()));
        lines.add(" WAY BACK    " + way());
        lines.add(" APPROVAL    " + approval());
        lines.add(" CLOCK       " + clock());
        lines.addAll(labelled("COMPARED", view.basis().map(b -> b.words()).orElse(List.of())));
        lines.add(" next: " + next());
        return lines;
    }

    private static List<String> labelled(String label, List<String> texts) {
        var lines = new ArrayList<String>();
        for (var text : texts) {
            lines.add(" %-11s %s".formatted(lines.isEmpty() ? label : "", Screen.plain(text)));
        }
        return lines;
    }

    Paint paint() {
        return switch (decision.act()) {
            case ROLL_BACK, PREPARE, PAGE -> Paint.BAD;
            case PAUSE, HOLD, MONITOR -> Paint.WARN;
            case GO_ON -> Paint.GOOD;
        };
    }

    String headline() {
        var release = situation.running();
        return switch (decision.act()) {
            case ROLL_BACK -> "✖ YES: roll back %s".formatted(arrow());
            case PREPARE -> "✖ GET READY: %s".formatted(arrow());
            case PAGE -> "✖ A PERSON IS NEEDED: " + page();
            case PAUSE -> "◌ NOT YET: %s is suspected; the rollout waits".formatted(release);
            case MONITOR -> "◌ NO: minor harm; monitor, and fix it in the ordinary way";
            case HOLD -> "◌ NOT KNOWN YET: nothing is proved for or against %s".formatted(release);
            case GO_ON -> "✔ NO: nothing speaks against %s".formatted(release);
        };
    }

    private String page() {
        return switch (decision.attribution()) {
            case Attribution.External _ -> "something else hurts, and rolling back would not help";
            case Attribution.Temporal _ -> "it hurts since the deploy, and no comparison can prove whose fault it is";
            case Attribution.Release _ -> "the way back is not clear";
            case Attribution.Undecided _ -> "it cannot be decided from what is seen";
        };
    }

    private String arrow() {
        return situation.way() instanceof Way.To to
                ? "%s → %s".formatted(situation.running(), to.target())
                : situation.running() + ", and there is nowhere to go back to";
    }

    private String release() {
        var release = situation.running();
        var stage = switch (situation.stage()) {
            case CANARY -> "canary";
            case ROLLING -> "being rolled out";
            case LIVE -> "live";
            case SETTLED -> "settled";
        };
        return "%s  release %d  %s  watched for %s"
                .formatted(release, release.number(), stage, When.coarse(positive(situation.watched())));
    }

    private static Duration positive(Duration d) {
        return d.isNegative() ? Duration.ZERO : d;
    }

    private String severity(Severity severity) {
        var triggers = decision.triggers().stream().map(t -> t.label()).collect(Collectors.joining(", "));
        return "%s  %s%s"
                .formatted(
                        severity,
                        session.policy().matrix().rule(severity).symptom(),
                        triggers.isEmpty() ? "" : "  (%s)".formatted(triggers));
    }

    private String users() {
        return situation
                .assessment()
                .map(a -> "%s    beside it %s    rise %s"
                        .formatted(counted(a.fresh()), counted(a.reference()), a.increase()))
                .orElse("nothing was counted yet");
    }

    private static String counted(Counts counts) {
        return counts.requests() == 0
                ? "no requests"
                : "%.1f%% of %d fail".formatted(100 * counts.share(), counts.requests());
    }

    /// Errors over time, the latest on the right.
    Optional<String> picture(Screen screen) {
        return view.course().size() < 3
                ? Optional.empty()
                : Optional.of("%s  errors    %s  p95"
                        .formatted(row(Advice::errorPercent, 10, screen), row(Advice::p95, 0.5, screen)));
    }

    private String row(ToDoubleFunction<Moment> value, double fullMin, Screen screen) {
        var values = view.course().stream().mapToDouble(value).toArray();
        return Bars.row(values, fullMin, COLUMNS / 2, screen.unicode());
    }

    /// `1,000`, `2 million`: a chance is felt better as one in so many.
    private static String count(double number) {
        return number >= 1e9
                ? "a billion"
                : number >= 1e6
                        ? String.format(Locale.ROOT, "%.0f million", number / 1e6)
                        : String.format(Locale.ROOT, "%,.0f", number);
    }

    static double errorPercent(Moment moment) {
        return 100 * moment.fresh().share();
    }

    static double p95(Moment moment) {
        return Double.isInfinite(moment.p95()) ? 0 : moment.p95();
    }

    private String sure() {
        var assessment = situation.assessment();
        if (assessment.isEmpty()) {
            return "nothing is proved";
        }
        var a = assessment.get();
        return switch (a.verdict()) {
            case Verdict.Fail _ ->
                "proved: a release that is no worse would come to this at most once in %s (%s)"
                        .formatted(
                                count(StrictMath.exp(StrictMath.min(a.evidence().peak(), 40))), nats(a.evidence()));
            case Verdict.Pass() -> "it is proved to be not more than 5 points worse (rise %s)".formatted(a.increase());
            case Verdict.Inconclusive(var missing) -> "not proved: %s (%s)".formatted(missing, nats(a.evidence()));
            case Verdict.NoData() -> "no data: nobody asks it, so nothing is known";
            case Verdict.TelemetryDown(var cause) -> "blind: " + Screen.plain(cause);
        };
    }

    private static String nats(Reading evidence) {
        return String.format(Locale.ROOT, "evidence %.1f of %.1f nats", evidence.peak(), evidence.needed());
    }

    private static String whose(Attribution attribution) {
        return switch (attribution) {
            case Attribution.Release(var why) -> "this release: " + why;
            case Attribution.External(var why) -> "not this release: " + why;
            case Attribution.Temporal(var why) -> "perhaps this release: " + why;
            case Attribution.Undecided(var why) -> "open: " + why;
        };
    }

    private List<String> signals() {
        return situation.signals().stream()
                .map(s -> "%s: %s (%s, since %s)".formatted(s.trigger(), s.words(), s.source(), time(s.since())))
                .toList();
    }

    private String way() {
        return switch (situation.way()) {
            case Way.Nowhere(var why) -> "✖ none: " + Screen.plain(why);
            case Way.To(var target, var good, var type, var lost) ->
                "%s  release %d  %s  type %d  data lost: %s"
                        .formatted(
                                target,
                                target.number(),
                                good ? "✔ good" : "◌ not known to be good",
                                type.number(),
                                lost.isEmpty() ? "none" : String.join("; ", lost));
        };
    }

    private String approval() {
        var by = switch (decision.approval()) {
            case ApprovalRule.None() -> "nobody";
            case ApprovalRule.Before(var role, var users, var _) -> named(role, users) + ", before anything is changed";
            case ApprovalRule.After(var role, var users, var within) ->
                "%s, afterwards (within %s)".formatted(named(role, users), When.coarse(within));
        };
        return switch (decision.unattended()) {
            case Unattended.Yes() -> decision.act() == Act.ROLL_BACK ? by + "; `watch --act` may do it unattended" : by;
            case Unattended.No(var why) -> "%s; not unattended: %s".formatted(by, why);
        };
    }

    private static String named(String role, List<String> users) {
        return users.isEmpty() ? role : "%s (%s)".formatted(role, String.join(", ", users));
    }

    String clock() {
        return switch (decision.clock()) {
            case Clock.NotRunning() -> "does not run: nothing is suspected";
            case Clock.Running running -> {
                var left = running.left(situation.now());
                yield left.isNegative()
                        ? "%s over the %s, suspected since %s"
                                .formatted(
                                        When.coarse(left.negated()),
                                        When.coarse(running.limit()),
                                        time(running.since()))
                        : "%s of %s left, suspected since %s"
                                .formatted(When.coarse(left), When.coarse(running.limit()), time(running.since()));
            }
        };
    }

    private String time(Instant at) {
        return When.clock(at, situation.now(), session.effective().timezone());
    }

    String next() {
        var back = "lastgood rollback %s --revision previous%s"
                .formatted(
                        session.flags(),
                        decision.severity().map(s -> " --severity " + s).orElse(""));
        return switch (decision.act()) {
            case ROLL_BACK -> situation.way() instanceof Way.To ? back : "lastgood release list " + session.flags();
            case PREPARE -> back + " --dry-run";
            case PAGE ->
                situation.way() instanceof Way.To && !(decision.attribution() instanceof Attribution.External)
                        ? back + " --dry-run"
                        : "lastgood verify all " + session.flags();
            case PAUSE, HOLD, MONITOR -> "lastgood watch " + session.flags();
            case GO_ON -> "lastgood status " + session.flags();
        };
    }

    /// One line, for those who do not look at a terminal.
    String line() {
        return "%s  %s  %s  %s  %s"
                .formatted(
                        time(situation.now()),
                        situation.running(),
                        situation
                                .assessment()
                                .map(a -> "%s  rise %s".formatted(latest(), a.increase()))
                                .orElse("nothing counted"),
                        decision.severity().map(Severity::toString).orElse("-"),
                        headline());
    }

    /// Of the last minute or so.
    private String latest() {
        var course = view.course();
        if (course.isEmpty()) {
            return "no requests";
        }
        var end = course.getLast().at().minusSeconds(60);
        var now = course.stream()
                .filter(m -> m.at().isAfter(end))
                .map(Moment::fresh)
                .reduce(Counts.NONE, Counts::plus);
        return "errors " + counted(now);
    }

    // ---- for scripts

    ObjectNode data() {
        var doc = Data.document("Advice")
                .put("service", session.service().toString())
                .put("at", situation.now().toString())
                .put("act", decision.act().name())
                .put("release", situation.running().version().text())
                .put("releaseNumber", situation.running().number())
                .put("stage", situation.stage().name());
        decision.severity().ifPresent(s -> doc.put("severity", s.label()));
        doc.set(
                "triggers",
                Data.texts(decision.triggers().stream().map(Enum::name).toList()));
        doc.set("reasons", Data.texts(decision.reasons()));
        doc.put("attribution", decision.attribution().getClass().getSimpleName());
        doc.put("attributionWhy", whose(decision.attribution()));
        doc.put("unattended", decision.unattended() instanceof Unattended.Yes);
        if (decision.unattended() instanceof Unattended.No(var why)) {
            doc.put("unattendedWhyNot", why);
        }
        if (decision.clock() instanceof Clock.Running running) {
            doc.put("suspectedSince", running.since().toString());
            doc.put("clockLeftSeconds", running.left(situation.now()).toSeconds());
        }
        situation.assessment().ifPresent(a -> doc.set("measured", measured(a)));
        way(doc);
        var signals = doc.putArray("signals");
        situation
                .signals()
                .forEach(s -> signals.addObject()
                        .put("trigger", s.trigger().name())
                        .put("source", s.source())
                        .put("since", s.since().toString())
                        .put("weight", s.weight().name())
                        .put("words", s.words()));
        doc.set("notSeen", Data.texts(situation.deaf()));
        doc.put("next", next());
        return doc;
    }

    private static ObjectNode measured(Assessment a) {
        var doc = Data.object()
                .put("verdict", a.verdict().word())
                .put("evidence", a.evidence().peak())
                .put("needed", a.evidence().needed())
                .put("requests", a.fresh().requests())
                .put("failed", a.fresh().bad())
                .put("referenceRequests", a.reference().requests())
                .put("referenceFailed", a.reference().bad())
                .put("riseAbove", a.increase().above())
                .put("riseBelow", a.increase().below())
                .put("moreRequests", a.moreRequests())
                .put("scrapes", a.scrapes());
        var claims = doc.putArray("claims");
        a.readings()
                .forEach(r -> claims.addObject()
                        .put("claim", r.claim())
                        .put("now", r.now())
                        .put("peak", r.peak())
                        .put("needed", r.needed())
                        .put("proved", r.proved()));
        return doc;
    }

    private void way(ObjectNode doc) {
        switch (situation.way()) {
            case Way.Nowhere(var why) -> doc.put("noWayBack", why);
            case Way.To(var target, var good, var type, var lost) -> {
                var to = doc.putObject("wayBack")
                        .put("release", target.version().text())
                        .put("releaseNumber", target.number())
                        .put("good", good)
                        .put("type", type.number());
                to.set("lost", Data.texts(lost));
            }
        }
    }

    boolean advisesRollback() {
        return decision.act() == Act.ROLL_BACK;
    }
}
