package lastgood.kubernetes.cnpg;

import java.time.Duration;
import java.util.function.Consumer;
import lastgood.core.ServiceRef;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Time;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.cnpg.CnpgScratches.State;

/// Restores to the end, for whoever waits in front of a screen. Killed in between, the operator goes on by itself, and
/// the same question finds the same Cluster.
public final class CnpgRestores {

    /// A terabyte at 100 MB/s, which object stores give, takes three hours, and its log has to be replayed.
    private static final Duration RESTORED_WITHIN = Duration.ofHours(6);

    /// Taking a server and its disk away takes a pod's grace period, which is half an hour by default.
    private static final Duration GONE_WITHIN = Duration.ofMinutes(40);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    private static final RecoveryTarget NEWEST = RecoveryTarget.upTo(new Point.Latest());

    private final CnpgScratches scratches;
    private final Time time;

    public CnpgRestores(CnpgScratches scratches, Time time) {
        this.scratches = scratches;
        this.time = time;
    }

    /// @param id short, and the same for the same backup and target: it finds the Cluster again
    public State.Ready restore(
            ServiceRef service, String id, String backup, RecoveryTarget target, Consumer<String> progress) {
        if (scratches.look(service, id, backup, target) instanceof State.None) {
            progress.accept("asking for a new Cluster %s, restored from backup %s"
                    .formatted(scratches.name(service, id), backup));
            scratches.begin(service, id, backup, target, "restore/" + id);
        }
        return ready(service, id, backup, target, progress);
    }

    /// Into the one Cluster that may be deleted afterwards; what an earlier rehearsal has left there is deleted first.
    public State.Ready rehearse(ServiceRef service, String backup, Consumer<String> progress) {
        if (scratches.look(service, CnpgDatabase.REHEARSAL, backup, NEWEST) instanceof State.Foreign(var why)) {
            progress.accept("an earlier rehearsal's is deleted: " + why);
            gone(service, backup);
        }
        return restore(service, CnpgDatabase.REHEARSAL, backup, NEWEST, progress);
    }

    /// Writes on the backup that it was restored, and how long that took.
    public void rehearsed(ServiceRef service, String backup) {
        scratches.prove(service, CnpgDatabase.REHEARSAL, backup, NEWEST);
    }

    public void dropRehearsal(ServiceRef service) {
        scratches.dropRehearsal(service);
    }

    private State.Ready ready(
            ServiceRef service, String id, String backup, RecoveryTarget target, Consumer<String> progress) {
        var end = time.now().plus(RESTORED_WITHIN);
        var said = "";
        while (true) {
            switch (scratches.look(service, id, backup, target)) {
                case State.Ready ready -> {
                    return ready;
                }
                case State.Foreign(var why) -> throw new WorldMoved(why);
                case State.None() ->
                    throw new WorldMoved(
                            "the Cluster %s was deleted while it was restored".formatted(scratches.name(service, id)));
                case State.Underway(var how) -> {
                    if (!how.equals(said)) {
                        progress.accept(how);
                        said = how;
                    }
                }
            }
            if (!time.now().isBefore(end)) {
                throw new Forbidden(
                        "the Cluster %s was not ready within %d hours: %s\nit is still being restored, beside the database, which is as it was\nhint: kubectl describe cluster %s"
                                .formatted(
                                        scratches.name(service, id),
                                        RESTORED_WITHIN.toHours(),
                                        said,
                                        scratches.name(service, id)));
            }
            sleep();
        }
    }

    private void gone(ServiceRef service, String backup) {
        scratches.dropRehearsal(service);
        var end = time.now().plus(GONE_WITHIN);
        while (scratches.isThere(service, CnpgDatabase.REHEARSAL)) {
            if (!time.now().isBefore(end)) {
                throw new Forbidden("the Cluster %s of an earlier rehearsal does not go away; %s was not restored"
                        .formatted(scratches.name(service, CnpgDatabase.REHEARSAL), backup));
            }
            sleep();
        }
    }

    private void sleep() {
        try {
            time.pause(LOOK_AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while a Cluster was restored", e);
        }
    }
}
