package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One kind of thing that is served.
///
/// @param versions the API versions that serve it; it is kept once, whatever version it came by
/// @param custom   the `spec` of the definition that made it, or null for what is built in
record Resource(
        String group,
        List<String> versions,
        String plural,
        String kind,
        boolean namespaced,
        List<String> shortNames,
        Set<String> subresources,
        Generation generation,
        @Nullable ObjectNode custom) {

    /// Which changes make a new `metadata.generation`.
    enum Generation {
        NONE,
        SPEC,
        /// Deployments alone count a change of annotations too.
        SPEC_AND_ANNOTATIONS,
        /// Custom resources: everything but metadata, and status where it has a subresource.
        ALL_BUT_STATUS
    }

    /// How it is kept and how messages call it: `deployments.apps`, `pods`.
    String qualified() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    String apiVersion(String version) {
        return group.isEmpty() ? version : group + "/" + version;
    }

    boolean isCustom() {
        return custom != null;
    }

    boolean has(String subresource) {
        return subresources.contains(subresource);
    }

    Store.Key key(String namespace, String name) {
        return new Store.Key(qualified(), namespaced ? namespace : "", name);
    }
}
