package lastgood.cli.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.out.Data;
import lastgood.cli.out.Paint;
import lastgood.cli.out.Screen;
import lastgood.cli.out.When;
import lastgood.cli.picture.Course;
import lastgood.cli.picture.Picture;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.RunId;
import lastgood.core.Standing;
import lastgood.core.Words;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Step;
import lastgood.core.recover.CheckResult;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;

/// What became of a run: the facts, their proof, the way back and the next command. All of it is read off the
/// journal and the ledger, so it is the same whoever prints it and whenever.
public final class Report {

    private final Session session;
    private final Journal journal;
    private final RunState state;
    private final Exit exit;
    private final Instant now;

    Report(Session session, Journal journal, Exit exit) {
        this.session = session;
        this.journal = journal;
        this.state = journal.state();
        this.exit = exit;
        this.now = session.ports().time().now();
    }

    public RunId run() {
        return journal.run();
    }

    /// In a word or two, without the person it is for: `RECOVERED` or what keeps it from it.
    String status() {
        return state.status().words();
    }

    boolean touched() {
        return state.mayHaveChangedProduction();
    }

    public List<String> lines(Screen screen) {
        var lines = new ArrayList<String>();
        lines.add("%s  %s  %s   %s   exit %d"
                .formatted(
                        screen.paint(exit == Exit.DONE ? Paint.GOOD : Paint.BAD, headline()),
                        state.opened().service(),
                        fromTo(),
                        journal.run(),
                        exit.code()));
        timeline().ifPresent(t -> lines.add(" " + t));
        outcome().forEach(o -> lines.add(" " + o));
        checklist().forEach(c -> lines.add(" " + c));
        lines.add(" data lost: "
                + (state.plan().lost().isEmpty()
                        ? "none"
                        : String.join("; ", state.plan().lost())));
        evidence().ifPresent(e -> lines.add(" evidence: " + e));
        picture().ifPresent(p -> {
            p.lines(screen.unicode()).forEach(l -> lines.add(" " + l));
            p.save(journal.run().text()).ifPresent(file -> lines.add(" picture: " + file));
        });
        debts().forEach(d -> lines.add(" " + d));
        undo().or(() -> AfterData.noWayBack(state)).ifPresent(u -> lines.add(" undo: " + u));
        lines.add(" next: " + next());
        return lines;
    }

    /// Of a way back that is over: that is what people want to see, and show to others.
    private Optional<Picture> picture() {
        if (state.opened().kind() != Plan.Kind.ROLLBACK
                || state.closed().isEmpty()
                || !state.mayHaveChangedProduction()) {
            return Optional.empty();
        }
        var marks = new ArrayList<Course.Mark>();
        takenOut().ifPresent(r -> marks.add(new Course.Mark(r.at(), "%s goes out".formatted(r))));
        var noticed = state.opened().by().equals(Person.ITSELF);
        marks.add(new Course.Mark(state.openedAt(), noticed ? "noticed by the watch" : "rollback asked for"));
        approvedBefore().ifPresent(at -> marks.add(new Course.Mark(at, "approved")));
        firstChange().ifPresent(at -> marks.add(new Course.Mark(at, "first change")));
        proved().ifPresent(r -> marks.add(new Course.Mark(r.at(), "recovery proved")));
        return Picture.of(
                session,
                "%s  %s  %s".formatted(state.opened().service(), fromTo(), journal.run()),
                marks,
                journal.records().getLast().at());
    }

    private Optional<Instant> approvedBefore() {
        return journal.records().stream()
                .filter(r ->
                        r.entry() instanceof Entry.Approved && state.plan().approval() instanceof ApprovalRule.Before)
                .map(r -> r.at())
                .findFirst();
    }

    private Optional<Release> takenOut() {
        var ledger = session.ports().ledgers().read(session.service());
        return ledger.releases().reversed().stream()
                .filter(r -> ledger.standing(r.number()) instanceof Standing.RolledBack(var by)
                        && by.equals(journal.run().text()))
                .findFirst();
    }

    private String fromTo() {
        return "%s → %s".formatted(state.plan().from(), state.plan().to());
    }

    private String headline() {
        var kind = state.opened().kind();
        return switch (state.status()) {
            case RECOVERED, DONE ->
                switch (kind) {
                    case ROLLBACK ->
                        state.status() == RunState.Status.RECOVERED
                                ? "ROLLED BACK"
                                : proved().isPresent() ? "ROLLED BACK (users not measured)" : "ROLLED BACK (unproved)";
                    case ROLLOUT -> "DEPLOYED";
                    case UNDO -> "UNDONE";
                    case CHANGE -> "CHANGED";
                };
            case NOT_RECOVERED -> "NOT RECOVERED";
            case FAILED -> state.mayHaveChangedProduction() ? "FAILED HALF-WAY" : "FAILED, nothing was changed";
            case CANCELLED ->
                state.mayHaveChangedProduction() ? "CANCELLED HALF-WAY" : "CANCELLED, nothing was changed";
            case NEEDS_HUMAN -> "NEEDS A PERSON";
            case PAUSED -> exit == Exit.TIMEOUT ? "TIMEOUT, paused" : "PAUSED";
            case AWAITING_APPROVAL -> "WAITS FOR APPROVAL, nothing was changed";
            case PLANNED, RUNNING, VERIFYING -> "GOES ON";
        };
    }

    private Optional<String> timeline() {
        var parts = new ArrayList<String>();
        var asked = state.openedAt();
        parts.add("asked %s by %s"
                .formatted(
                        When.clock(asked, now, session.effective().timezone()),
                        state.opened().by()));
        firstChange().ifPresent(t -> parts.add("first change +" + span(asked, t)));
        proved().ifPresent(r -> parts.add("%s well +%s"
                .formatted(state.status() == RunState.Status.DONE ? "pods" : "users", span(asked, r.at()))));
        journal.records().stream()
                .filter(r -> r.entry() instanceof Entry.Closed)
                .findFirst()
                .ifPresent(r -> parts.add("over +" + span(asked, r.at())));
        return Optional.of(String.join(" · ", parts));
    }

    private Optional<lastgood.engine.journal.JournalRecord> proved() {
        return journal.records().stream()
                .filter(r -> r.entry() instanceof Entry.VerdictReached v && v.judgement() == Entry.Judgement.PROVED)
                .findFirst();
    }

    private Optional<Instant> firstChange() {
        return journal.records().stream()
                .filter(r -> r.entry() instanceof Entry.Intent(var step, var _, var _, var _)
                        && state.plan().step(step).step().changesProduction())
                .map(lastgood.engine.journal.JournalRecord::at)
                .findFirst();
    }

    private static String span(Instant from, Instant to) {
        var d = Duration.between(from, to);
        return Words.duration(d.toMillis() < 0 ? Duration.ZERO : d);
    }

    private List<String> outcome() {
        var lines = new ArrayList<String>();
        state.closed().ifPresent(c -> {
            switch (c.outcome()) {
                case RECOVERED -> lines.add("proof: " + c.why());
                case NOT_RECOVERED -> lines.add("users are not proved to be well: " + c.why());
                case FAILED, CANCELLED -> lines.add("why: " + c.why());
                case DONE ->
                    proved().ifPresent(_ -> {
                        lines.add("watched: " + c.why());
                        lines.add("to have it proved: metrics, or a `verify.checks` of your own (endpoints, smoke)");
                    });
            }
        });
        state.unknown().ifPresent(u -> {
            lines.add("question: %s (step %s)".formatted(u.question(), u.step()));
            lines.add("it was changed up to here and stays as it is until somebody answers:");
        });
        if (state.closed().isEmpty()) {
            state.paused().ifPresent(p -> lines.add("paused: " + p.why()));
        }
        return lines;
    }

    private List<String> checklist() {
        return state.verdict()
                .map(v -> Stream.concat(
                                Stream.of("checklist %s".formatted(summary(v.checklist()))),
                                v.checklist().stream().flatMap(Report::unmet))
                        .toList())
                .orElse(List.of());
    }

    /// What was held against a limit and did not pass, with all that one needs to ask again.
    private static Stream<String> unmet(CheckResult result) {
        return result.finding() == CheckResult.Finding.PASS
                        || result.threshold().isEmpty()
                ? Stream.empty()
                : Stream.of("  %s %s: %s (%s), by %s"
                        .formatted(
                                result.finding(),
                                result.check().label(),
                                Screen.plain(result.value()),
                                Screen.plain(result.threshold()),
                                Screen.plain(result.source())));
    }

    private static String summary(List<CheckResult> results) {
        var passed = results.stream()
                .filter(r -> r.finding() == CheckResult.Finding.PASS)
                .count();
        var others = results.stream()
                .filter(r -> r.finding() != CheckResult.Finding.PASS)
                .collect(Collectors.groupingBy(
                        r -> r.finding().name(),
                        Collectors.mapping(r -> r.check().label(), Collectors.joining(", "))));
        var text = "%d/%d ✔ pass".formatted(passed, results.size());
        for (var other : others.entrySet()) {
            text += " · %s: %s".formatted(other.getKey(), other.getValue());
        }
        return text;
    }

    private Optional<String> evidence() {
        return state.plan().steps().stream()
                .filter(s -> s.step() instanceof Step.CaptureEvidence)
                .flatMap(s -> state.evidence(s.id()).stream())
                .findFirst()
                .map(e -> "%s  sha256:%s  %s".formatted(e.name(), e.digest().brief(), e.source()));
    }

    private List<String> debts() {
        var lines = new ArrayList<String>();
        switch (state.ratification(now)) {
            case PENDING, OVERDUE ->
                lines.add("owed: %s: lastgood approve %s%s"
                        .formatted(
                                PlanScreen.needs(state.plan().approval()),
                                session.named(journal.run()),
                                state.timer(RunState.RATIFICATION)
                                        .map(due -> " (until %s)"
                                                .formatted(When.full(
                                                        due, session.effective().timezone())))
                                        .orElse("")));
            case NOT_OWED, RATIFIED -> {}
        }
        if (state.opened().kind() == Plan.Kind.ROLLBACK && state.closed().isPresent()) {
            quarantine().ifPresent(lines::add);
        }
        return lines;
    }

    private Optional<String> quarantine() {
        var ledger = session.ports().ledgers().read(session.service());
        return ledger.releases().reversed().stream()
                .filter(r -> ledger.standing(r.number()) instanceof Standing.RolledBack(var by)
                        && by.equals(journal.run().text()))
                .findFirst()
                .flatMap(r -> ledger.quarantinedUntil(r.parts())
                        .filter(until -> until.isAfter(now))
                        .map(until -> "%s is in quarantine until %s: a deploy of it is refused"
                                .formatted(
                                        r, When.full(until, session.effective().timezone()))));
    }

    /// Only where there is something to take back, and only once nothing else is about to happen.
    Optional<String> undo() {
        return state.closed().isPresent()
                        && state.mayHaveChangedProduction()
                        && state.plan().oneWay().isEmpty()
                ? Optional.of("lastgood undo %s".formatted(session.named(journal.run())))
                : Optional.empty();
    }

    private String next() {
        var run = session.named(journal.run());
        var flags = session.flags();
        return switch (state.status()) {
            case RECOVERED -> "lastgood status " + flags;
            case DONE ->
                state.opened().kind() == Plan.Kind.ROLLOUT && !state.plan().goesLive()
                        ? "watch it: lastgood status %s; then lastgood strategy canary promote %s, or rollback"
                                .formatted(flags, flags)
                        : state.opened().kind() == Plan.Kind.ROLLOUT
                                ? "lastgood status %s; %slastgood release mark good %s %s"
                                        .formatted(
                                                flags,
                                                session.hasAgent() ? "it counts as good after its bake, or: " : "",
                                                state.plan().to(),
                                                flags)
                                : AfterData.next(state.plan(), session.flags()).orElse("lastgood verify all " + flags);
            case NOT_RECOVERED ->
                "lastgood verify all %s; page whoever is on call; further back: lastgood rollback %s --revision %s; or it is not the release: a flag, data (lastgood db corruption assess), a service that it calls"
                        .formatted(flags, flags, further());
            case FAILED -> "lastgood status " + flags;
            case CANCELLED -> "lastgood status " + flags;
            case NEEDS_HUMAN ->
                "look again and go on: lastgood resume %s · leave it as it is: lastgood abort %s".formatted(run, run);
            case PAUSED -> "go on: lastgood resume %s · stop for good: lastgood abort %s".formatted(run, run);
            case AWAITING_APPROVAL -> "%s: lastgood approve %s".formatted(approver(), run);
            case PLANNED, RUNNING, VERIFYING -> "lastgood attach %s".formatted(run);
        };
    }

    /// The newest release before the target that was ever judged good.
    private String further() {
        var target = state.plan().steps().stream()
                .flatMap(s -> s.step() instanceof Step.WatchRecovery watch
                        ? Stream.of(watch.release().number())
                        : Stream.empty())
                .findFirst()
                .orElse(0);
        var ledger = session.ports().ledgers().read(session.service());
        return ledger.releases().reversed().stream()
                .filter(r -> r.number() < target && ledger.standing(r.number()) instanceof Standing.Good)
                .findFirst()
                .map(r -> "%d (%s, good)".formatted(r.number(), r.version()))
                .orElse("previous (no earlier release is known to be good)");
    }

    private String approver() {
        return state.plan().approval() instanceof ApprovalRule.Before(var role, var users, var _)
                ? users.isEmpty() ? "somebody else, as " + role : String.join(" or ", users)
                : "approval";
    }

    public ObjectNode data() {
        var doc = Data.document("RunReport")
                .put("run", journal.run().text())
                .put("runKind", state.opened().kind().word())
                .put("service", state.opened().service().toString())
                .put("from", state.plan().from())
                .put("to", state.plan().to())
                .put("status", state.status().words())
                .put("exit", exit.code())
                .put("changedProduction", state.mayHaveChangedProduction())
                .put("openedAt", state.openedAt().toString())
                .put("by", state.opened().by().name())
                .put("reason", state.opened().reason());
        state.closed().ifPresent(c -> doc.put("outcome", c.outcome().name()).put("why", c.why()));
        state.unknown().ifPresent(u -> doc.put("question", u.question()));
        evidence().ifPresent(e -> doc.put("evidence", e));
        undo().ifPresent(u -> doc.put("undo", u));
        doc.put("next", next());
        var steps = doc.putArray("steps");
        for (var step : state.plan().steps()) {
            steps.addObject()
                    .put("id", step.id())
                    .put("phase", state.phase(step.id()).name())
                    .put("words", state.words(step.id()));
        }
        return doc;
    }
}
