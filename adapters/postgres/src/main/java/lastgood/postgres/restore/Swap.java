package lastgood.postgres.restore;

import java.util.function.Consumer;
import lastgood.engine.port.Fence;
import lastgood.engine.port.database.Repairs.Swapped;

/// Makes a scratch what users have; the old state is kept. [lastgood.engine.port.database.Repairs] says the rules.
public interface Swap {

    Swapped look(String scratch);

    /// @param keepAs name under which the old one stays
    /// @return what has to be done afterwards, for people
    String swap(String scratch, String keepAs, Fence fence, Consumer<String> progress);
}
