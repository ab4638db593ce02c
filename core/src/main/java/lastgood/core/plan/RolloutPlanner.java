package lastgood.core.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry.Leaving;
import lastgood.core.Parts;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceState;
import lastgood.core.Strategy;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.core.decide.ApprovalRule;

/// Plans the forward act: a new release, by the service's strategy. The release stands in the ledger before
/// the first instance starts, so that a crash in the middle leaves nothing that the ledger does not know.
public final class RolloutPlanner {

    private RolloutPlanner() {}

    /// @param parts all of the new release
    /// @param instances how many a new workload gets
    /// @param migrations that come with it, oldest first
    /// @param apply whether we apply them; else somebody does, or they are applied already
    /// @param force whether a quarantined release may come back
    public record Request(
            Parts parts, List<String> migrations, boolean apply, Person by, int instances, boolean force, Instant now) {
        public Request {
            migrations = List.copyOf(migrations);
        }

        /// Where somebody else takes care of the migrations.
        public Request(Parts parts, List<String> migrations, Person by, int instances, boolean force, Instant now) {
            this(parts, migrations, false, by, instances, force, now);
        }

        /// For a service of one workload.
        public Request(
                Revision revision, List<String> migrations, Person by, int instances, boolean force, Instant now) {
            this(Parts.of(revision), migrations, by, instances, force, now);
        }

        Revision revision() {
            return parts.main();
        }
    }

    public static Planned plan(Facts facts, Request request) {
        var revision = request.revision();
        var quarantined =
                facts.ledger().quarantinedUntil(request.parts()).filter(until -> until.isAfter(request.now()));
        if (quarantined.isPresent() && !request.force()) {
            return new Planned.Refused(
                    "%s is in quarantine until %s: it was rolled back".formatted(revision, quarantined.get()),
                    List.of(),
                    "deploy a fixed build, or say --force if you know why it is well now");
        }
        var revoked = facts.ledger().revoked(request.parts());
        if (revoked.isPresent() && !request.force()) {
            return new Planned.Refused(
                    "%s was revoked for security by %s: %s"
                            .formatted(
                                    revision, revoked.get().by(), revoked.get().why()),
                    List.of(),
                    "deploy a fixed build, or say --force if you must");
        }
        if (runsAlready(facts.seen(), request.parts())) {
            return new Planned.NothingToDo("%s is what runs already".formatted(revision));
        }
        var absent = request.parts().others().keySet().stream()
                .filter(name -> !facts.seen().companions().containsKey(name))
                .toList();
        if (!absent.isEmpty()) {
            return new Planned.Refused(
                    "%s belongs to the release and does not exist".formatted(String.join(", ", absent)),
                    List.of(),
                    "make it first, as it was made elsewhere; a rollout changes what is there");
        }
        if (request.apply() && !request.migrations().isEmpty() && !(facts.database() instanceof DatabaseFacts.Known)) {
            return new Planned.Refused(
                    "the database could not be looked at, and %s has migrations to apply".formatted(revision),
                    request.migrations(),
                    "`db status` says more; without applying them here, leave out that flag");
        }
        var number = facts.ledger().nextNumber();
        var steps = new StepList(facts.policy());
        var service = facts.seen().service();
        steps.add(new Step.WriteLedger(
                service, List.of(new Note.Deploy(number, request.parts(), request.migrations(), request.by()))));
        database(facts, steps, request);
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

    /// What makes it cheap to go back: a point before anything changes, and afterwards which transactions
    /// did it.
    private static void database(Facts facts, StepList steps, Request request) {
        if (!(facts.database() instanceof DatabaseFacts.Known known)) {
            return;
        }
        var service = facts.seen().service();
        steps.add(new Step.MarkPoint(service, request.revision().version().text()));
        if (!request.apply() || request.migrations().isEmpty()) {
            return;
        }
        Step.ApplyMigration.After after = new Step.ApplyMigration.After.Schema(known.schema());
        for (var migration : request.migrations()) {
            steps.add(new Step.ApplyMigration(service, migration, after));
            after = new Step.ApplyMigration.After.Migration(migration);
        }
        steps.add(new Step.ClosePoint(service));
    }

    private static boolean runsAlready(ServiceState seen, Parts parts) {
        return seen.parts().filter(parts::within).isPresent()
                && seen.newest().filter(WorkloadState::complete).isPresent()
                && seen.companions().values().stream().allMatch(WorkloadState::complete);
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
        var beside = new Beside(seen, request.parts());
        beside.config(steps);
        beside.companions(steps);
        if (there.isPresent()) {
            rolling(steps, beside, there.get());
        } else {
            steps.add(new Step.CreateWorkload(
                    new Workload(seen.service(), main), request.revision(), request.instances()));
        }
        if (seen.traffic().weight(main) != 100) {
            steps.add(new Step.ShiftTraffic(seen.service(), seen.traffic().weights(), RollbackPlanner.only(main)));
        }
        return true;
    }

    private static void rolling(StepList steps, Beside beside, WorkloadState main) {
        var to = beside.wanted().main();
        if (main.requested().sameAs(to) && !main.paused() && !beside.configDiffers()) {
            // It asks for it already, but is not there yet: the step waits until it is.
            steps.add(new Step.PutRevision(main.workload(), main.requested(), to));
        } else {
            beside.put(steps, main, to);
        }
    }

    /// Only the canary gets the new revision: configuration and companions are everybody's, and come when it is
    /// promoted.
    private static boolean canary(Facts facts, StepList steps, Strategy.Canary strategy, Request request) {
        var seen = facts.seen();
        if (seen.workload(strategy.main()).isEmpty()) {
            return rolling(facts, steps, strategy.main(), request);
        }
        ready(seen, steps, strategy.canary(), new Beside(seen, seen.partsWith(request.revision())), 1);
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
        var beside = new Beside(seen, request.parts());
        beside.config(steps);
        beside.companions(steps);
        ready(seen, steps, target, beside, capacity);
        steps.add(new Step.ShiftTraffic(seen.service(), seen.traffic().weights(), RollbackPlanner.only(target)));
        return true;
    }

    /// A workload that runs the revision with that many instances, ready, and without traffic yet.
    private static void ready(ServiceState seen, StepList steps, String name, Beside beside, int instances) {
        var there = seen.workload(name);
        if (there.isEmpty()) {
            steps.add(new Step.CreateWorkload(
                    new Workload(seen.service(), name), beside.wanted().main(), instances));
            return;
        }
        beside.put(steps, there.get(), beside.wanted().main());
        steps.capacity(there.get(), instances);
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
        var beside = new Beside(seen, release.map(Release::parts).orElse(seen.partsWith(revision)));
        beside.config(steps);
        beside.companions(steps);
        seen.workload(main).ifPresent(w -> beside.put(steps, w, revision));
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
