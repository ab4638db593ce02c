package lastgood.core.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry.Leaving;
import lastgood.core.Person;
import lastgood.core.Revision;
import lastgood.core.Strategy;
import lastgood.core.decide.ApprovalRule;

/// Plans the forward act: a new release, by the service's strategy. The release stands in the ledger before
/// the first instance starts, so that a crash in the middle leaves nothing that the ledger does not know.
public final class RolloutPlanner {

    private RolloutPlanner() {}

    /// @param instances how many a new workload gets
    /// @param force whether a quarantined revision may come back
    public record Request(
            Revision revision, List<String> migrations, Person by, int instances, boolean force, Instant now) {
        public Request {
            migrations = List.copyOf(migrations);
        }
    }

    public static Planned plan(Facts facts, Request request) {
        var revision = request.revision();
        var quarantined =
                facts.ledger().quarantinedUntil(revision.digest()).filter(until -> until.isAfter(request.now()));
        if (quarantined.isPresent() && !request.force()) {
            return new Planned.Refused(
                    "%s is in quarantine until %s: it was rolled back".formatted(revision, quarantined.get()),
                    List.of(),
                    "deploy a fixed build, or say --force if you know why it is well now");
        }
        if (facts.seen()
                .newest()
                .filter(w -> w.requested().sameAs(revision) && w.complete())
                .isPresent()) {
            return new Planned.NothingToDo("%s is what runs already".formatted(revision));
        }
        var number = facts.ledger().nextNumber();
        var steps = new StepList(facts.policy());
        var service = facts.seen().service();
        steps.add(new Step.WriteLedger(
                service, List.of(new Note.Deploy(number, revision, request.migrations(), request.by()))));
        var live = switch (facts.seen().strategy()) {
            case Strategy.Rolling(var main) -> rolling(facts, steps, main, request);
            case Strategy.Canary canary -> canary(facts, steps, canary, request);
            case Strategy.BlueGreen colours -> blueGreen(facts, steps, colours, request);
        };
        if (live) {
            steps.add(new Step.WriteLedger(service, goLive(facts.ledger(), number)));
        }
        return new Planned.Ready(
                new Plan(
                        Plan.Kind.ROLLOUT,
                        service,
                        facts.seen().strategy().word(),
                        facts.current().map(r -> r.version().text()).orElse("-"),
                        revision.version().text(),
                        Plan.Type.TYPE_1,
                        "a rollout",
                        steps.steps(),
                        new ApprovalRule.None(),
                        List.of()),
                List.of());
    }

    /// What the ledger says once users get the new release.
    static List<Note> goLive(Ledger ledger, int number) {
        var notes = new ArrayList<Note>();
        ledger.live()
                .filter(old -> old.number() != number)
                .ifPresent(old -> notes.add(new Note.Leave(old.number(), Leaving.SUPERSEDED)));
        notes.add(new Note.GoLive(number));
        return notes;
    }

    private static boolean rolling(Facts facts, StepList steps, String main, Request request) {
        var seen = facts.seen();
        var there = seen.workload(main);
        if (there.isPresent()) {
            steps.add(new Step.PutRevision(there.get().workload(), there.get().requested(), request.revision()));
        } else {
            steps.add(new Step.CreateWorkload(
                    new lastgood.core.Workload(seen.service(), main), request.revision(), request.instances()));
        }
        if (seen.traffic().weight(main) != 100) {
            steps.add(new Step.ShiftTraffic(seen.service(), seen.traffic().weights(), RollbackPlanner.only(main)));
        }
        return true;
    }

    private static boolean canary(Facts facts, StepList steps, Strategy.Canary strategy, Request request) {
        var seen = facts.seen();
        if (seen.workload(strategy.main()).isEmpty()) {
            return rolling(facts, steps, strategy.main(), request);
        }
        ready(facts, steps, strategy.canary(), request.revision(), 1);
        var weights = new TreeMap<String, Integer>();
        weights.put(strategy.main(), 100 - strategy.firstWeight());
        weights.put(strategy.canary(), strategy.firstWeight());
        steps.add(new Step.ShiftTraffic(seen.service(), seen.traffic().weights(), weights));
        return false;
    }

    private static boolean blueGreen(Facts facts, StepList steps, Strategy.BlueGreen colours, Request request) {
        var seen = facts.seen();
        var active = seen.active().map(w -> w.workload().name());
        var target = active.map(colours::other).orElse(colours.main());
        var capacity = seen.active().map(w -> Math.max(w.wanted(), 1)).orElse(request.instances());
        ready(facts, steps, target, request.revision(), capacity);
        steps.add(new Step.ShiftTraffic(seen.service(), seen.traffic().weights(), RollbackPlanner.only(target)));
        return true;
    }

    /// A workload that runs the revision with that many instances, ready, and without traffic yet.
    private static void ready(Facts facts, StepList steps, String name, Revision revision, int instances) {
        var there = facts.seen().workload(name);
        if (there.isEmpty()) {
            steps.add(new Step.CreateWorkload(
                    new lastgood.core.Workload(facts.seen().service(), name), revision, instances));
            return;
        }
        var seen = there.get();
        if (!seen.requested().sameAs(revision) || seen.paused()) {
            steps.add(new Step.PutRevision(seen.workload(), seen.requested(), revision));
        }
        if (seen.wanted() != instances) {
            steps.add(new Step.Scale(seen.workload(), seen.wanted(), instances));
        }
    }

    /// Makes the canary's release everybody's.
    public static Planned promote(Facts facts) {
        var seen = facts.seen();
        var canary = seen.liveCanary();
        if (canary.isEmpty() || !(seen.strategy() instanceof Strategy.Canary(var main, var _, var _))) {
            return new Planned.Refused("there is no canary to promote", List.of(), "release deploy starts one");
        }
        var revision = canary.get().requested();
        var release = facts.releaseOf(revision);
        var steps = new StepList(facts.policy());
        seen.workload(main)
                .filter(w -> !w.requested().sameAs(revision))
                .ifPresent(w -> steps.add(new Step.PutRevision(w.workload(), w.requested(), revision)));
        steps.add(new Step.ShiftTraffic(seen.service(), seen.traffic().weights(), RollbackPlanner.only(main)));
        release.ifPresent(r -> steps.add(new Step.WriteLedger(seen.service(), goLive(facts.ledger(), r.number()))));
        if (canary.get().wanted() > 0) {
            steps.add(new Step.Scale(canary.get().workload(), canary.get().wanted(), 0));
        }
        return new Planned.Ready(
                new Plan(
                        Plan.Kind.ROLLOUT,
                        seen.service(),
                        seen.strategy().word(),
                        seen.workload(main)
                                .map(w -> w.requested().version().text())
                                .orElse("-"),
                        revision.version().text(),
                        Plan.Type.TYPE_1,
                        "a rollout",
                        steps.steps(),
                        new ApprovalRule.None(),
                        List.of()),
                Optional.of("the canary runs %s".formatted(revision)).stream().toList());
    }
}
