package lastgood.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.core.Ledger;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Counts;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Step;
import lastgood.core.recover.Probed;
import lastgood.core.recover.Proof;
import lastgood.core.recover.ProofRules;
import lastgood.engine.UserProof.Dependent;
import lastgood.engine.UserProof.Past;
import lastgood.engine.UserProof.Seen;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Telemetry.Served;
import lastgood.engine.port.Unreachable;

/// Reads what a watch's proof rests on: [UserProof] judges it.
///
/// Everything is read anew for each sample, since where it comes from may get samples late; but not what was before
/// the rollback, which stays as it is.
final class UserWatch {

    /// As the detector's: the hour before the deploy is what is normal.
    private static final Duration NORMAL = Duration.ofHours(1);

    /// The last minutes before the rollback are what it has to be better than.
    private static final Duration INCIDENT = Duration.ofMinutes(10);

    /// A release that came before this is not looked behind: so many samples would be read for one number. What was
    /// normal is not known then, and the absolute limits alone count.
    private static final Duration BEHIND_MAX = Duration.ofHours(6);

    /// With fewer requests a second the proof takes more than three minutes, and ours help.
    private static final double FEW_A_SECOND = 4;

    private final Ports ports;
    private String knownFor = "";
    private Past past = Past.UNKNOWN;
    private List<Dependent> dependents = List.of();

    /// As last seen; many until somebody has looked.
    private double usersASecond = Double.POSITIVE_INFINITY;

    UserWatch(Ports ports) {
        this.ports = ports;
    }

    Proof look(RunState run, String step, Step.WatchRecovery watch) {
        var rules = watch.rules().proof();
        if (rules == null) {
            return new Proof.NotOwed();
        }
        var since = run.since(step);
        try {
            remember(run, step, watch.service(), watch.release(), rules);
            var served = ports.telemetry().served(watch.service(), since, rules.lateAfter());
            usersASecond = usersASecond(served, since, run.probed(step));
            var beside = dependents.stream()
                    .map(d -> new Dependent(d.service(), d.normal(), beside(d.service(), since, rules)))
                    .toList();
            return UserProof.of(rules, since, new Seen(past, served, run.probed(step), beside));
        } catch (Unreachable | Forbidden e) {
            var why = String.valueOf(e.getMessage()).lines().findFirst().orElse("no answer");
            return new Proof.Unread(why);
        }
    }

    private double usersASecond(List<Served> served, Instant since, List<Probed> ours) {
        var seconds = Duration.between(since, ports.time().now()).toMillis() / 1000.0;
        var users = UserProof.failures(served, since, Instant.MAX).requests()
                - ours.stream().mapToLong(Probed::requests).sum();
        return seconds > 0 ? users / seconds : Double.POSITIVE_INFINITY;
    }

    /// Waits for the next sample, with requests of our own meanwhile if the proof wants for some.
    Optional<Probed> pause(RunState run, String step, Step.WatchRecovery watch) throws InterruptedException {
        var rules = watch.rules().proof();
        if (rules != null && rules.probes() && usersASecond < FEW_A_SECOND) {
            var sent = ports.probes().send(watch.service(), watch.rules().every(), rules.lateAfter());
            if (sent.isPresent()) {
                return sent;
            }
        }
        ports.time().pause(watch.rules().every());
        return Optional.empty();
    }

    // ---- what was before

    private void remember(RunState run, String step, ServiceRef service, Release target, ProofRules rules) {
        if (knownFor.equals(step)) {
            return;
        }
        var begun = began(run, ports.ledgers().read(service), target);
        past = begun.map(at -> past(service, at, run.openedAt(), rules)).orElse(Past.UNKNOWN);
        var others = new ArrayList<Dependent>();
        for (var other : rules.dependents()) {
            var normal = begun.map(
                            at -> UserProof.failures(beside(other, at.minus(NORMAL), rules), at.minus(NORMAL), at))
                    .orElse(Counts.NONE);
            others.add(new Dependent(other, normal, List.of()));
        }
        dependents = List.copyOf(others);
        knownFor = step;
    }

    /// When the release came that is rolled back; empty = not known, long ago, or nothing is rolled back.
    private static Optional<Instant> began(RunState run, Ledger ledger, Release target) {
        var opened = run.openedAt();
        return run.opened().kind() != Plan.Kind.ROLLBACK
                ? Optional.empty()
                : ledger.releases().stream()
                        .filter(r -> r.number() != target.number() && r.at().isBefore(opened))
                        .map(Release::at)
                        .max(Instant::compareTo)
                        .filter(at -> at.isAfter(opened.minus(BEHIND_MAX)));
    }

    private Past past(ServiceRef service, Instant begun, Instant opened, ProofRules rules) {
        var from = begun.minus(NORMAL);
        var served = ports.telemetry().served(service, from, rules.lateAfter());
        var lately = opened.minus(INCIDENT);
        return new Past(
                UserProof.failures(served, from, begun),
                UserProof.failures(served, begun.isAfter(lately) ? begun : lately, opened));
    }

    /// That another service cannot be read keeps nobody from saying that this one is well.
    private List<Served> beside(ServiceRef other, Instant from, ProofRules rules) {
        try {
            return ports.telemetry().served(other, from, rules.lateAfter());
        } catch (Unreachable | Forbidden _) {
            return List.of();
        }
    }
}
