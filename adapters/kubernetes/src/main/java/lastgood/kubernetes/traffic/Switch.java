package lastgood.kubernetes.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.SortedMap;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Kind;

/// One way of moving requests: which object decides it, and how that is read and written.
interface Switch {

    Kind kind();

    /// The name of the object that decides.
    String object();

    /// Parts of a hundred by workload, as the object asks for them.
    SortedMap<String, Integer> weights(KubeService service, JsonNode object);

    /// Edits the object so that it asks for these weights.
    ///
    /// @throws lastgood.engine.port.Forbidden if it cannot express them
    void set(KubeService service, JsonNode object, SortedMap<String, Integer> weights, JsonPatch patch);

    /// The part of the object that is ours to look at and change: its stamp is made of it.
    JsonNode wishes(JsonNode object);

    /// What has not been carried out yet; empty if all has.
    String unsettled(KubeService service, JsonNode object);
}
