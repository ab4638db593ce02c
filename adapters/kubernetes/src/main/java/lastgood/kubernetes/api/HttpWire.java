package lastgood.kubernetes.api;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A wire of HTTP, with the credentials and the trust that a kubeconfig gives.
final class HttpWire implements Wire {

    /// The client gives up by itself first; this is for a client that does not.
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final byte[] NOTHING = {};

    private final HttpClient client;
    private final String url;
    private final Duration patience;

    HttpWire(Config config) {
        this.client = HttpClientUtils.getHttpClientFactory().newBuilder(config).build();
        this.url = config.getMasterUrl().replaceAll("/+$", "");
        this.patience = Duration.ofMillis(config.getRequestTimeout()).plus(GRACE);
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public Reply exchange(Call call) throws IOException, InterruptedException {
        var builder = client.newHttpRequestBuilder().uri(url + call.path()).header("Accept", "application/json");
        if (call.body() != null) {
            builder.method(call.method(), call.type(), call.body());
        }
        try {
            var response =
                    client.sendAsync(builder.build(), byte[].class).get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return new Reply(
                    response.code(),
                    response.body() == null ? NOTHING : response.body(),
                    Optional.ofNullable(response.header("Date")).orElse(""));
        } catch (TimeoutException e) {
            throw new IOException(url + " did not answer", e);
        } catch (ExecutionException e) {
            throw new IOException("%s: %s".formatted(url, root(e)), e);
        } catch (KubernetesClientException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public Shown page(Page page) throws IOException, InterruptedException {
        var request = client.newHttpRequestBuilder()
                .uri(url + page.path())
                .header("Accept", page.accept())
                .build();
        var sink = new Sink(page.bytesMax() + 1);
        var asked = client.consumeBytes(request, sink);
        try {
            var response = asked.get(page.within().toMillis(), TimeUnit.MILLISECONDS);
            try {
                response.body().consume();
                CompletableFuture.anyOf(sink.full, response.body().done())
                        .get(page.within().toMillis(), TimeUnit.MILLISECONDS);
                return new Shown(
                        response.code(),
                        sink.bytes(),
                        Optional.ofNullable(response.header("Content-Type")).orElse(""));
            } finally {
                response.body().cancel();
            }
        } catch (TimeoutException e) {
            var late = new SocketTimeoutException(
                    "no answer within %d ms".formatted(page.within().toMillis()));
            late.initCause(e);
            throw late;
        } catch (ExecutionException e) {
            throw new IOException("%s: %s".formatted(url, root(e)), e);
        } catch (KubernetesClientException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            asked.cancel(true);
        }
    }

    /// Takes as much as there is room for, and says when that is full.
    private static final class Sink implements AsyncBody.Consumer<List<ByteBuffer>> {
        private final int max;
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final CompletableFuture<Boolean> full = new CompletableFuture<>();

        Sink(int max) {
            this.max = max;
        }

        @Override
        public synchronized void consume(List<ByteBuffer> buffers, AsyncBody body) {
            for (var buffer : buffers) {
                var bytes = new byte[Math.min(buffer.remaining(), max - taken.size())];
                buffer.get(bytes);
                taken.writeBytes(bytes);
            }
            if (taken.size() >= max) {
                full.complete(true);
            } else {
                body.consume();
            }
        }

        synchronized byte[] bytes() {
            return taken.toByteArray();
        }
    }

    private static String root(Throwable e) {
        var at = e;
        while (at.getCause() != null && at.getCause() != at) {
            at = at.getCause();
        }
        return Optional.ofNullable(at.getMessage()).orElse(at.getClass().getSimpleName());
    }

    @Override
    public void close() {
        client.close();
    }
}
