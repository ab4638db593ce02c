package lastgood.cli.look;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.cli.Session;
import lastgood.cli.out.Data;
import lastgood.cli.out.Paint;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Standings;
import lastgood.cli.out.When;
import lastgood.cli.run.ApprovalsVerb;
import lastgood.cli.run.ApprovalsVerb.Wanted;
import lastgood.cli.run.Look;
import lastgood.cli.run.PlanScreen;
import lastgood.config.Platform;
import lastgood.core.Release;
import lastgood.core.RevisionSelector;
import lastgood.core.Selection;
import lastgood.core.ServiceState;
import lastgood.core.Standing;
import lastgood.core.TrafficState;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Facts;
import lastgood.engine.Runs;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Unreachable;

/// How a service stands. What cannot be seen without an agent is said to be unknown, and the rest is shown.
final class Status {

    private static final String UNKNOWN = "◌ unknown: the agent does not run";
    private static final String UNMEASURED = "◌ unknown: nothing that measures it could be reached";
    private static final Duration HEALTH = Duration.ofMinutes(5);

    private static final int TROUBLE_MAX = 160;

    private final Session session;
    private final Facts facts;
    private final Instant now;
    private final Optional<String> agent;
    private final Optional<Metrics.Window> health;
    private final List<Runs.Listed> runs;

    private Status(
            Session session,
            Facts facts,
            Optional<String> agent,
            Optional<Metrics.Window> health,
            List<Runs.Listed> runs) {
        this.session = session;
        this.facts = facts;
        this.now = session.ports().time().now();
        this.agent = agent;
        this.health = health;
        this.runs = runs;
    }

    static Status of(Session session) {
        var agent = session.agent().alive();
        return new Status(
                session,
                facts(session, agent),
                agent,
                health(session, agent),
                session.runs().all());
    }

    /// The ledger can be read without an agent; what runs cannot be seen.
    private static Facts facts(Session session, Optional<String> agent) {
        if (canSee(session, agent)) {
            return Look.facts(session);
        }
        var nothing = new TrafficState(session.service(), "", "", new TreeMap<>(), new TreeMap<>(), false);
        return new Facts(
                session.ports().ledgers().read(session.service()),
                new ServiceState(session.service(), session.strategy(), new TreeMap<>(), nothing),
                session.policy(),
                Map.of());
    }

    /// On a cluster nobody of ours has to run for things to be seen.
    private static boolean canSee(Session session, Optional<String> agent) {
        return agent.isPresent() || !session.hasAgent();
    }

    private static Optional<Metrics.Window> health(Session session, Optional<String> agent) {
        if (!canSee(session, agent)) {
            return Optional.empty();
        }
        try {
            var since = session.ports().time().now().minus(HEALTH);
            return Optional.of(session.metrics().window(session.service(), Optional.empty(), since));
        } catch (Unreachable e) {
            return Optional.empty();
        }
    }

    Optional<Release> live() {
        return facts.ledger().live();
    }

    // ---- for people

    List<String> lines(Screen screen) {
        var lines = new ArrayList<String>();
        lines.add("%s   %s%s   %s"
                .formatted(
                        screen.paint(Paint.BOLD, session.service().toString()),
                        session.strategy().word(),
                        session.isProtected() ? ", protected" : "",
                        keptBy()));
        lines.add(" LIVE        " + release(live()));
        newer().ifPresent(r -> lines.add(" NEWEST      " + release(Optional.of(r))));
        lines.add(" LAST GOOD   " + lastGood());
        lines.add(" HEALTH      " + health());
        lines.addAll(labelled("INSTANCES", instances()));
        lines.add(" TRAFFIC     " + traffic());
        lines.addAll(labelled("RUNS", active()));
        if (!session.hasAgent()) {
            lines.add(" RECORDS     " + session.home().get());
        }
        lines.addAll(labelled("OWED", wanted().stream().map(Wanted::line).toList()));
        lines.add(" next: " + next());
        return lines;
    }

    /// What keeps it running.
    private String keptBy() {
        return switch (session.effective().environment().platform()) {
            case Platform.Cluster(var namespace, var context, var _, var _, var _) ->
                "namespace: %s%s".formatted(namespace, context == null ? "" : ", context: " + context);
            case Platform.Local(var _) ->
                agent.map(a -> "agent: " + a)
                        .orElse("agent: does not run (nothing is served or watched); lastgood agent start");
        };
    }

    private static List<String> labelled(String label, List<String> texts) {
        var lines = new ArrayList<String>();
        for (var text : texts) {
            lines.add(" %-11s %s".formatted(lines.isEmpty() ? label : "", text));
        }
        return lines;
    }

    private String release(Optional<Release> shown) {
        if (shown.isEmpty()) {
            return "nothing is live";
        }
        var release = shown.get();
        var since = facts.ledger()
                .liveSince(release.number())
                .map(at -> "since %s (%s)"
                        .formatted(When.clock(at, now, session.effective().timezone()), When.ago(at, now)))
                .orElse("not live yet");
        return "%s  sha256:%s  release %d  %s  %s"
                .formatted(
                        release.version(),
                        release.revision().digest().brief(),
                        release.number(),
                        since,
                        standing(release));
    }

    private String standing(Release release) {
        return switch (facts.ledger().standing(release.number())) {
            case Standing.Good good -> "✔ " + words(good);
            case Standing.Baking baking -> bake(release, baking);
            case Standing.Failed failed -> "✖ " + failed.words();
            case Standing other -> other.words();
        };
    }

    private String bake(Release release, Standing.Baking baking) {
        var left = Duration.between(
                now, baking.since().plus(session.effective().policy().bake()));
        return left.isPositive()
                ? "◌ not yet judged (%s of its bake left)".formatted(When.coarse(left))
                : session.hasAgent()
                        ? "◌ not yet judged (its bake is over; the agent judges it)"
                        : "◌ not yet judged (its bake is over); lastgood release mark good %d %s"
                                .formatted(release.number(), session.flags());
    }

    /// A release that was asked for and is not (all) live.
    private Optional<Release> newer() {
        return facts.current()
                .filter(c -> live().map(l -> l.number() != c.number()).orElse(true));
    }

    /// What is asked to run; without an agent, what was live when somebody last looked.
    private Optional<Release> current() {
        return facts.current().or(this::live);
    }

    private Selection previous() {
        return facts.ledger()
                .select(
                        new RevisionSelector.Previous(),
                        current(),
                        session.policy().presumeAfter());
    }

    private String lastGood() {
        return switch (previous()) {
            case Selection.Chosen(var release, var standing, var _) ->
                "%s  release %d  %s".formatted(release, release.number(), words(standing));
            case Selection.NothingGood(var rejected) ->
                rejected.isEmpty()
                        ? "✖ none: there is nothing older to go back to"
                        : "✖ none: %s".formatted(words(rejected));
            case Selection.AlreadyLive _, Selection.NoSuch _, Selection.Ambiguous _ -> "✖ none";
        };
    }

    private String words(Standing standing) {
        return Standings.words(standing, now, session.effective().timezone());
    }

    private static String words(List<Selection.Rejected> rejected) {
        return String.join(
                "; ",
                rejected.stream()
                        .limit(3)
                        .map(r -> "%s %s".formatted(r.release(), r.standing().words()))
                        .toList());
    }

    private String health() {
        return health.map(PlanScreen::health).orElse(session.hasAgent() ? UNKNOWN : UNMEASURED);
    }

    private List<String> instances() {
        if (!canSee(session, agent)) {
            return List.of(UNKNOWN);
        }
        var lines =
                facts.seen().workloads().values().stream().map(this::instance).toList();
        return lines.isEmpty() ? List.of("none") : lines;
    }

    private String instance(WorkloadState w) {
        var text = "%s  %s  %s%s"
                .formatted(
                        w.workload().name(),
                        w.requested().version(),
                        w.progress(),
                        w.paused() ? "  ◌ rollout paused" : "");
        return w.trouble().isEmpty() ? text : text + "  ✖ " + brief(String.join("; ", w.trouble()));
    }

    private String traffic() {
        if (!canSee(session, agent)) {
            return UNKNOWN;
        }
        var seen = facts.seen().traffic();
        var weights = new ArrayList<String>();
        seen.weights().forEach((name, weight) -> weights.add("%s %d%%".formatted(name, weight)));
        var text = weights.isEmpty() ? "nowhere" : String.join(" + ", weights);
        var base = session.effective().baseUrl();
        return text
                + (base == null ? "" : "  at " + base)
                + (seen.maintenance() ? "  ✖ MAINTENANCE PAGE IS ON: lastgood maintenance off " + session.flags() : "");
    }

    private List<String> active() {
        var lines = new ArrayList<String>();
        for (var listed : runs) {
            switch (listed) {
                case Runs.Listed.Known known -> {
                    if (known.state().status().active() && isOurs(known)) {
                        lines.add(run(known));
                    }
                }
                case Runs.Listed.Lost(var run, var why) ->
                    lines.add("✖ %s cannot be read: %s"
                            .formatted(run, why.lines().findFirst().orElse("")));
            }
        }
        return lines.isEmpty() ? List.of("none underway") : lines;
    }

    private boolean isOurs(Runs.Listed.Known known) {
        return known.state().opened().service().equals(session.service());
    }

    private String run(Runs.Listed.Known known) {
        var state = known.state();
        var driver = session.ports().drivers().alive(known.run());
        var id = session.named(known.run());
        var what = switch (state.status()) {
            case PAUSED -> "lastgood resume %s, or lastgood abort %s".formatted(id, id);
            case NEEDS_HUMAN ->
                "%s: lastgood resume %s, or lastgood abort %s"
                        .formatted(brief(state.unknown().map(u -> u.question()).orElse("")), id, id);
            case AWAITING_APPROVAL -> "lastgood approve %s, or lastgood reject %s".formatted(id, id);
            default ->
                driver.isPresent()
                        ? "driven by %s: lastgood attach %s".formatted(driver.get(), id)
                        : "✖ abandoned; %slastgood attach %s"
                                .formatted(session.hasAgent() ? "the agent carries it on, or: " : "carry it on: ", id);
        };
        return "%s  %s %s → %s  %s  %s"
                .formatted(
                        known.run(),
                        state.opened().kind().word(),
                        state.plan().from(),
                        state.plan().to(),
                        state.status().words(),
                        what);
    }

    /// One screen, also in a crash loop of many instances.
    private static String brief(String text) {
        var plain = Screen.plain(text);
        return plain.length() <= TROUBLE_MAX ? plain : plain.substring(0, TROUBLE_MAX - 1) + "…";
    }

    private List<Wanted> wanted() {
        return ApprovalsVerb.wanted(session, runs).stream()
                .filter(w -> w.owed() && isOurs(w.run()))
                .toList();
    }

    private String next() {
        if (live().isEmpty()) {
            return "lastgood release deploy VERSION " + session.flags();
        }
        return previous() instanceof Selection.Chosen(var release, var _, var _)
                ? "if it hurts: lastgood rollback %s --revision previous  (goes to %s)"
                        .formatted(session.flags(), release)
                : "lastgood release list " + session.flags();
    }

    // ---- for scripts

    ObjectNode data() {
        var doc = Data.document("ServiceStatus")
                .put("service", session.service().toString())
                .put("strategy", session.strategy().word())
                .put("protected", session.isProtected())
                .put("agent", agent.orElse(null))
                .put("records", session.home().get());
        live().ifPresent(r -> doc.set("live", release(r)));
        newer().ifPresent(r -> doc.set("newest", release(r)));
        if (previous() instanceof Selection.Chosen(var release, var _, var _)) {
            doc.set("lastGood", release(release));
        }
        health.ifPresent(h -> doc.putObject("health")
                .put("requests", h.requests())
                .put("errors", h.errors())
                .put("errorPercent", h.errorPercent())
                .put("p95Millis", h.p95().toMillis()));
        var workloads = doc.putArray("workloads");
        for (var w : facts.seen().workloads().values()) {
            workloads
                    .addObject()
                    .put("name", w.workload().name())
                    .put("version", w.requested().version().text())
                    .put("wanted", w.wanted())
                    .put("ready", w.ready())
                    .put("paused", w.paused())
                    .put("weight", facts.seen().traffic().weight(w.workload().name()));
        }
        doc.put("maintenance", facts.seen().traffic().maintenance());
        var active = doc.putArray("runs");
        runs.stream()
                .filter(Runs.Listed.Known.class::isInstance)
                .map(Runs.Listed.Known.class::cast)
                .filter(r -> r.state().status().active() && isOurs(r))
                .forEach(r -> active.addObject()
                        .put("run", r.run().text())
                        .put("kind", r.state().opened().kind().word())
                        .put("status", r.state().status().words())
                        .put("driver", session.ports().drivers().alive(r.run()).orElse(null)));
        doc.set(
                "owed",
                Data.texts(wanted().stream().map(w -> w.run().run().text()).toList()));
        return doc;
    }

    private ObjectNode release(Release r) {
        return Data.object()
                .put("number", r.number())
                .put("version", r.version().text())
                .put("digest", r.revision().digest().text())
                .put("standing", facts.ledger().standing(r.number()).word());
    }
}
