package lastgood.testkit.contract;

import java.util.List;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Fence;
import lastgood.engine.port.WorldMoved;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;

/// What the contracts of the database's ports have in common.
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class DatabaseContract {

    protected static final List<String> M2 = List.of("m2");

    /// The same one for the whole of a test, and nobody else's.
    protected abstract DatabaseHarness harness();

    protected final ServiceRef service() {
        return harness().service();
    }

    /// The same request once more, as one that was thought to be lost and lands late. It may be refused or do
    /// nothing, and the engine looks again after either; what it must not do is to act twice, which the test asks
    /// afterwards.
    protected static void again(Runnable request) {
        try {
            request.run();
        } catch (WorldMoved _) {
            // Refused, and nothing was changed.
        }
    }

    protected final Fence fence(int step) {
        return new Fence(new RunId("op-contract"), step + "-step", 1);
    }
}
