package lastgood.kubernetes.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The way to an API server: one request, one answer, nothing repeated and nothing understood. What an answer means is
/// [Api]'s business, so whoever puts another wire in its place tests all of that.
public interface Wire extends AutoCloseable {

    /// @param path with its query
    /// @param type of the body
    record Call(String method, String path, @Nullable String body, String type) {}

    /// Whatever the server said, refusals included.
    ///
    /// @param date its `Date` header; empty if it had none
    @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
    record Reply(int status, byte[] body, String date) {
        public Reply(int status, byte[] body) {
            this(status, body, "");
        }

        String text() {
            return new String(body, UTF_8);
        }
    }

    /// Where it leads, for messages.
    String url();

    /// @throws IOException if there was no answer, or not all of it: nobody can tell whether the request was carried
    /// out
    Reply exchange(Call call) throws IOException, InterruptedException;

    @Override
    void close();
}
