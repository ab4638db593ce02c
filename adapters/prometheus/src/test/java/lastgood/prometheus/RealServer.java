package lastgood.prometheus;

import java.net.URI;

/// A server that answers Prometheus' HTTP API, started for a test.
interface RealServer extends AutoCloseable {

    URI url();

    @Override
    void close();
}
