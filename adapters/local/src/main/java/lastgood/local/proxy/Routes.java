package lastgood.local.proxy;

import java.util.List;
import java.util.SortedMap;

/// What the proxy reads anew for each request, so that a shift takes effect on the next one.
public interface Routes {

    /// Parts of a hundred by workload.
    SortedMap<String, Integer> weights();

    boolean maintenance();

    Fault fault();

    /// The instances of a workload that can take requests now.
    List<Backend> ready(String workload);
}
