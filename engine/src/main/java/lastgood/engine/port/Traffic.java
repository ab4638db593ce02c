package lastgood.engine.port;

import java.util.SortedMap;
import lastgood.core.ServiceRef;
import lastgood.core.TrafficState;

/// Where users' requests go. Conditional on what was seen, like [Workloads].
public interface Traffic {
    TrafficState get(ServiceRef service);

    /// Sets all weights at once; they are parts of a hundred.
    void shift(TrafficState seen, SortedMap<String, Integer> weights, Fence fence);

    void maintenance(TrafficState seen, boolean on, Fence fence);
}
