package lastgood.postgres.restore;

import java.time.Duration;
import java.util.function.Consumer;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.database.Repairs.Swapped;
import lastgood.postgres.access.WriteFence;
import lastgood.postgres.sql.Sessions;

/// Lets an [Operator] lead users to the server that was restored.
///
/// It is not over before we ourselves arrive there: between the moment that a name leads elsewhere and the moment that
/// everybody knows, the next step would open the doors of the old server.
public final class OperatedSwap implements Swap {

    /// A node learns of a Service's new endpoints within seconds; a name is remembered for half a minute.
    private static final Duration LED_WITHIN = Duration.ofMinutes(3);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final Operator operator;
    private final Sessions live;

    public OperatedSwap(Operator operator, Sessions live) {
        this.operator = operator;
        this.live = live;
    }

    @Override
    public Swapped look(String scratch) {
        var seen = operator.look(scratch);
        return seen instanceof Swapped.Done && !isWhereWeArrive(scratch)
                ? new Swapped.NotYet("users are led to %s, and we do not arrive there yet".formatted(scratch))
                : seen;
    }

    @Override
    public String swap(String scratch, String keepAs, Fence fence, Consumer<String> progress) {
        refuseAnotherDoor();
        refuseAnOwnersFence();
        var restored = sessions(scratch);
        // What the fence has shut on the live server would be open on the restored one.
        Logins.of(live).set(restored);
        operator.swap(scratch, keepAs, fence);
        progress.accept("waiting until %s is what we reach".formatted(scratch));
        var end = System.nanoTime() + LED_WITHIN.toNanos();
        while (!isWhereWeArrive(scratch)) {
            if (System.nanoTime() > end) {
                throw new Unreachable("users are led to %s, but after %d s %s still is another server"
                        .formatted(scratch, LED_WITHIN.toSeconds(), live.address()));
            }
            Pauses.sleep(LOOK_AGAIN);
        }
        return "the old one is kept as %s, asleep".formatted(keepAs);
    }

    /// We have to go in where users do: else every later step would be about the old server.
    private void refuseAnotherDoor() {
        var host = live.address().host();
        var entrance = operator.entrance();
        if (entrance.isPresent() && !host.split("\\.", 2)[0].equals(entrance.get())) {
            throw new Forbidden(
                    "lastgood enters by %s, and the application is led by %s: after the swap they would be on different servers\nnothing was changed\nhint: let database.admin (or url) name the host %s"
                            .formatted(host, entrance.get(), entrance.get()));
        }
    }

    /// An owner's fence is a right on the live database, which a restored one would not have lost: it would be open.
    private void refuseAnOwnersFence() {
        if (live.look("read how the fence is shut", WriteFence::isByConnectRight)) {
            throw new Forbidden(
                    "the fence is shut by the right to connect, and the restored server would be open to everybody\nnothing was changed\nhint: lastgood db unfence, give our role SUPERUSER, and begin again");
        }
    }

    private boolean isWhereWeArrive(String scratch) {
        try {
            return Identity.of(live).equals(Identity.of(sessions(scratch)));
        } catch (Unreachable _) {
            // The old one is going to sleep while the name still leads there.
            return false;
        }
    }

    private Sessions sessions(String scratch) {
        var restored = operator.restored(scratch);
        return new Sessions(live.address().at(restored.host(), restored.port()), "lastgood");
    }
}
