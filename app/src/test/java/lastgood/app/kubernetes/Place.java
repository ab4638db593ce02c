package lastgood.app.kubernetes;

import java.util.List;
import lastgood.testkit.kube.Cluster;

/// A cluster and the harm that can be done to it, by the means that this one has.
interface Place extends AutoCloseable {

    Cluster cluster();

    /// Nobody answers from now on.
    void silence();

    /// Whatever was broken works again.
    void heal();

    /// What `kubectl logs --previous` shows of containers whose image's tag begins like that.
    void previousLogs(String tagPrefix, List<String> lines);

    /// Somebody who may do everything in the namespace but those verbs on those resources.
    Cluster without(String namespace, String user, List<String> verbs, String group, String resource);

    /// Somebody who may do everything in the namespace, with a token of his own.
    default Cluster someone(String namespace, String user) {
        return without(namespace, user, List.of(), "", "nothing");
    }

    /// From now on the token that he had is worth nothing.
    ///
    /// @return with the next one
    Cluster renew(String namespace, Cluster someone);

    default boolean refusesOldTokensAtOnce() {
        return true;
    }

    /// The namespace is on its way out and does not get there.
    void terminate(String namespace);

    @Override
    default void close() {}
}
