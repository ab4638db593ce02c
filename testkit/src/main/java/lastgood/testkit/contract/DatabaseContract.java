package lastgood.testkit.contract;

import java.util.List;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Fence;
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

    protected final Fence fence(int step) {
        return new Fence(new RunId("op-contract"), step + "-step", 1);
    }
}
