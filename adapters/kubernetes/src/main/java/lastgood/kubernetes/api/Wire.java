package lastgood.kubernetes.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
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

    /// A page of somebody behind the server, who may be anybody.
    ///
    /// @param accept what we would like it to be
    /// @param bytesMax of the body; what is beyond is not read
    /// @param within the answer may take as long, and its body as long again
    record Page(String path, String accept, int bytesMax, Duration within) {}

    /// @param body one byte more than was asked for means that there is more
    /// @param type its `Content-Type`; empty if it said none
    @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
    record Shown(int status, byte[] body, String type) {}

    /// @throws java.net.SocketTimeoutException if it took too long, whosever fault that was
    default Shown page(Page page) throws IOException, InterruptedException {
        var reply = exchange(new Call("GET", page.path(), null, "application/json"));
        var body = reply.body();
        return new Shown(
                reply.status(), body.length > page.bytesMax() ? Arrays.copyOf(body, page.bytesMax() + 1) : body, "");
    }

    @Override
    void close();
}
