package lastgood.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Map;
import lastgood.kubernetes.api.Wire;
import lastgood.testkit.kube.sim.ConnectionLost;
import lastgood.testkit.kube.sim.SimCluster;

/// A wire into a simulated cluster of this process: no socket, no thread, every request at a known point.
final class SimWire implements Wire {

    private final SimCluster cluster;
    private String token;

    SimWire(SimCluster cluster) {
        this.cluster = cluster;
        this.token = cluster.token();
    }

    /// As when a credential plugin hands out a new one.
    void token(String renewed) {
        token = renewed;
    }

    @Override
    public String url() {
        return cluster.url().toString();
    }

    @Override
    public Reply exchange(Call call) throws IOException {
        try {
            var body = call.body() == null ? new byte[0] : call.body().getBytes(UTF_8);
            var headers = Map.of(
                    "Authorization", "Bearer " + token, "Accept", "application/json", "Content-Type", call.type());
            var response = cluster.handle(call.method(), call.path(), headers, body);
            if (response.lengthSaid() > response.body().length) {
                throw new IOException("unexpected end of the answer");
            }
            return new Reply(response.status(), response.body());
        } catch (ConnectionLost e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {}
}
