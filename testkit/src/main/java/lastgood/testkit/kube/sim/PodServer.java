package lastgood.testkit.kube.sim;

import java.util.Optional;

/// What pods answer to whoever asks them over HTTP.
@FunctionalInterface
public interface PodServer {

    /// @param path with its query
    /// @return empty: nobody listens at that port
    Optional<Page> get(String pod, String scheme, int port, String path);

    @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
    record Page(int status, String type, byte[] body) {}
}
