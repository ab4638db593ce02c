package lastgood.app.kubernetes;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.sim.SimCluster;
import lastgood.testkit.kube.sim.Users.Rule;

/// The simulated API, one for each test.
final class SimPlace implements Place {

    private static final AtomicInteger TOKENS = new AtomicInteger();

    private final SimCluster cluster = SimCluster.start();

    /// The same cluster as somebody else comes to it.
    private record As(Cluster cluster, String user, String token) implements Cluster {
        @Override
        public String name() {
            return cluster.name() + " as " + user;
        }

        @Override
        public URI url() {
            return cluster.url();
        }

        @Override
        public String authority() {
            return cluster.authority();
        }

        @Override
        public void close() {}
    }

    @Override
    public Cluster cluster() {
        return cluster;
    }

    @Override
    public void silence() {
        cluster.faults().on("*", "").times(Integer.MAX_VALUE).dropConnection();
    }

    @Override
    public void heal() {
        cluster.faults().clear();
    }

    @Override
    public void previousLogs(String tagPrefix, List<String> lines) {
        cluster.previousLogs(tagPrefix, lines.toArray(String[]::new));
    }

    @Override
    public Cluster without(String namespace, String user, List<String> verbs, String group, String resource) {
        cluster.users().allow(user, Rule.of(List.of("*"), List.of("*")));
        if (!verbs.isEmpty()) {
            cluster.users().deny(user, new Rule(Set.copyOf(verbs), Set.of(group), Set.of(resource), Set.of(namespace)));
        }
        return withToken(user);
    }

    private As withToken(String user) {
        var token = "token-" + TOKENS.incrementAndGet();
        cluster.users().add(user, token);
        return new As(cluster, user, token);
    }

    @Override
    public Cluster renew(String namespace, Cluster someone) {
        cluster.users().expire(someone.token());
        return withToken(((As) someone).user());
    }

    @Override
    public void terminate(String namespace) {
        cluster.terminate(namespace);
    }

    @Override
    public void close() {
        cluster.close();
    }
}
