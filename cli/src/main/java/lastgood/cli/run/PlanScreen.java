package lastgood.cli.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import lastgood.cli.Session;
import lastgood.cli.out.Data;
import lastgood.cli.out.Standings;
import lastgood.cli.out.When;
import lastgood.core.Digest;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.RevisionSelector;
import lastgood.core.Selection;
import lastgood.core.Standing;
import lastgood.core.Words;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Facts;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Planned;
import lastgood.core.plan.Step;
import lastgood.engine.journal.Codec;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Unreachable;

/// A plan as people read it, in one screen: now, where to, why, how long, what is lost, which steps and the way back
/// from each, what differs, and who has to agree.
public final class PlanScreen {

    /// Long enough for a rate, short enough to speak of now.
    private static final Duration METRICS = Duration.ofMinutes(5);

    private static final int DIFF_MAX = 12;

    /// What a plan is read on: a terminal of usual width, a ticket, a chat.
    private static final int WIDTH = 100;

    private final Session session;
    private final Facts facts;
    private final Planned.Ready ready;
    private final Instant now;

    public PlanScreen(Session session, Facts facts, Planned.Ready ready) {
        this.session = session;
        this.facts = facts;
        this.ready = ready;
        this.now = session.ports().time().now();
    }

    /// @param title such as `Rollback plan (dry run)`
    public List<String> lines(String title) {
        var plan = ready.plan();
        var lines = new ArrayList<String>();
        lines.add("%-50s %s / %s"
                .formatted(title, plan.service().environment(), plan.service().service()));
        lines.add("  NOW   " + now());
        lines.add("  TO    " + to());
        why().forEach(w -> lines.add("  WHY   " + w));
        lines.add("  TYPE  %d  %s   est. %s"
                .formatted(
                        plan.type().number(),
                        plan.typeReason(),
                        session.runs().predict(plan).words()));
        var database = new DatabaseLines(facts.database(), plan);
        lines.addAll(database.schema());
        lines.addAll(labelled("DATA", database.data()));
        lines.addAll(labelled("KEPT", database.backups()));
        steps().forEach(lines::add);
        lines.addAll(labelled("DIFF", diff()));
        lines.addAll(labelled("NOTE", database.besides(ready.remarks())));
        lines.add("  NEEDS " + needs(plan.approval()));
        lines.add("  PLAN  " + Codec.digest(plan));
        return lines;
    }

    private static List<String> labelled(String label, List<String> texts) {
        var lines = new ArrayList<String>();
        for (var text : texts) {
            lines.add("  %-5s %s".formatted(lines.isEmpty() ? label : "", text));
        }
        return lines;
    }

    private String now() {
        var current = facts.current();
        if (current.isEmpty()) {
            return facts.seen()
                    .newest()
                    .map(w -> "%s  not in the ledger".formatted(w.requested()))
                    .orElse("nothing runs");
        }
        var release = current.get();
        var live = facts.ledger()
                .liveSince(release.number())
                .map(since -> "live " + When.coarse(Duration.between(since, now)))
                .orElse("not live yet");
        return "%s  %s  %s".formatted(title(release), live, health(release));
    }

    private String health(Release release) {
        try {
            return health(session.metrics()
                    .window(session.service(), Optional.of(release.revision().digest()), now.minus(METRICS)));
        } catch (Unreachable e) {
            // A plan is shown also when nobody can say how users fare; it says so.
            return "users not measured: " + e.getMessage();
        }
    }

    public static String health(Metrics.Window window) {
        return window.requests() == 0
                ? "no requests in the last " + Words.duration(METRICS)
                : "errors %.1f%% of %s  p95 %s  (last %s)"
                        .formatted(
                                window.errorPercent(),
                                Words.count(window.requests(), "request"),
                                Words.duration(window.p95()),
                                Words.duration(METRICS));
    }

    private static String title(Release release) {
        return "%s  sha256:%s  release %d"
                .formatted(release.version(), release.revision().digest().brief(), release.number());
    }

    private String to() {
        var target = target();
        if (target.isEmpty()) {
            return ready.plan().to();
        }
        var release = target.get();
        var standing = facts.ledger().standing(release.number());
        var known = Standings.words(standing, now, session.effective().timezone());
        var words = standing instanceof Standing.Good ? "GOOD: " + known.replaceFirst("^good ", "") : known;
        return ready.plan().kind() == Plan.Kind.ROLLOUT
                ? title(release) + "  new"
                : "%s  %s".formatted(title(release), words);
    }

    private Optional<Release> target() {
        return new Proposal(session, facts, ready).target();
    }

    private List<String> why() {
        var current = facts.current();
        return switch (ready.plan().kind()) {
            case ROLLBACK ->
                current.map(r -> facts.ledger().standing(r.number()))
                        .filter(s -> s instanceof Standing.Failed)
                        .map(s -> List.of("what runs " + s.words()))
                        .orElse(chosenBecause());
            case ROLLOUT, UNDO, CHANGE -> List.of();
        };
    }

    private List<String> chosenBecause() {
        return target().map(this::because).map(List::of).orElse(List.of());
    }

    private String because(Release target) {
        if (!(facts.select(new RevisionSelector.Previous())
                        instanceof Selection.Chosen(var newest, var standing, var _))
                || newest.number() != target.number()) {
            return "named by whoever asked";
        }
        return standing instanceof Standing.Good
                ? "the newest good release before what runs"
                : "nothing was ever judged; it is the newest that served long enough to be presumed good";
    }

    private List<String> steps() {
        var lines = new ArrayList<String>();
        lines.add("  STEPS");
        var ids = ready.plan().steps().stream()
                .mapToInt(s -> s.id().length())
                .max()
                .orElse(0);
        var indent = " ".repeat(ids + 5);
        for (var step : ready.plan().steps()) {
            var undo = Steps.undo(step.step());
            var when = switch (step.phase()) {
                case MAIN -> "";
                case FINALLY -> "in any case, if it was not done before: ";
                case CALLED_OFF -> "if it is called off before data is changed: ";
            };
            var words = wrap(when + Steps.what(step.step()), WIDTH - indent.length());
            lines.add(
                    "   %s%s%s".formatted(step.id(), " ".repeat(ids - step.id().length() + 2), words.getFirst()));
            words.stream().skip(1).forEach(w -> lines.add(indent + w));
            if (!undo.equals("-")) {
                wrap("undo with: " + undo, WIDTH - indent.length()).forEach(w -> lines.add(indent + w));
            }
        }
        return lines;
    }

    private static List<String> wrap(String text, int width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /// What becomes different inside the instances.
    private List<String> diff() {
        return ready.plan().steps().stream()
                .map(s -> s.step() instanceof Step.PutRevision put ? put : null)
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .map(put -> diff(session, put.from(), put.to()))
                .orElse(List.of());
    }

    /// Lines that differ between two revisions.
    public static List<String> diff(Session session, Revision from, Revision to) {
        var before = session.revisions().describe(session.service(), from);
        var after = session.revisions().describe(session.service(), to);
        var keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        var lines = new ArrayList<String>();
        for (var key : keys) {
            var a = before.getOrDefault(key, "(none)");
            var b = after.getOrDefault(key, "(none)");
            if (!a.equals(b)) {
                lines.add("%s  %s → %s".formatted(key, brief(a), brief(b)));
            }
        }
        if (lines.size() > DIFF_MAX) {
            var more = lines.size() - DIFF_MAX;
            lines.subList(DIFF_MAX, lines.size()).clear();
            lines.add("and %d more: lastgood release diff %s %s".formatted(more, from.version(), to.version()));
        }
        return lines.isEmpty() ? List.of("nothing but the digest differs") : lines;
    }

    private static String brief(String text) {
        var plain = lastgood.cli.out.Screen.plain(text);
        if (plain.matches("sha256:[0-9a-f]{64}")) {
            return "sha256:" + new Digest(plain).brief();
        }
        return plain.length() <= 60 ? plain : plain.substring(0, 57) + "…";
    }

    static String needs(ApprovalRule rule) {
        return switch (rule) {
            case ApprovalRule.None() -> "nobody's approval";
            case ApprovalRule.Before(var role, var users, var self) ->
                "approval by %s before anything is changed%s%s"
                        .formatted(role, who(users), self ? "; whoever asks may give it" : ", not by whoever asks");
            case ApprovalRule.After(var role, var users, var within) ->
                "approval by %s within %s afterwards%s".formatted(role, Words.duration(within), who(users));
        };
    }

    private static String who(List<String> users) {
        return users.isEmpty() ? "" : " (%s)".formatted(String.join(", ", users));
    }

    /// For scripts.
    public com.fasterxml.jackson.databind.node.ObjectNode data() {
        var plan = ready.plan();
        var doc = Data.document("Plan")
                .put("service", plan.service().toString())
                .put("from", plan.from())
                .put("to", plan.to())
                .put("digest", Codec.digest(plan));
        doc.set("remarks", Data.texts(ready.remarks()));
        doc.set("diff", Data.texts(diff()));
        new DatabaseLines(facts.database(), plan).json().ifPresent(json -> doc.set("database", json));
        doc.set("plan", Codec.json(plan));
        return doc;
    }
}
