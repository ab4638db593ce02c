package lastgood.demo.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A few requests before the users come: they let every JVM on the way load its classes, and show how many users this
/// machine can serve while it does everything else as well.
public final class Warmup {

    private static final int HALF = 100;
    private static final int AT_ONCE = 4;
    private static final Duration WITHIN = Duration.ofSeconds(20);

    /// Users are so many times fewer than what the machine could serve: most of it is needed for starting programs.
    private static final int SPARE = 3;

    private static final int PER_SECOND_MAX = 120;
    private static final int PER_SECOND_MIN = 40;

    private Warmup() {}

    /// @return requests a second that this machine serves with ease
    public static int ratePerSecond(URI base, Mix mix) throws InterruptedException {
        // the first half is cold, and only the second is timed
        run(base, mix);
        var begin = System.nanoTime();
        run(base, mix);
        var seconds = (System.nanoTime() - begin) / 1e9;
        var tens = (long) (HALF / seconds / SPARE / 10);
        return Math.clamp(tens * 10, PER_SECOND_MIN, PER_SECOND_MAX);
    }

    private static void run(URI base, Mix mix) throws InterruptedException {
        try (var client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (var i = 0; i < HALF; i++) {
                var ask = mix.next();
                threads.execute(() -> send(client, base, ask));
            }
            threads.shutdown();
            if (!threads.awaitTermination(WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                var _ = threads.shutdownNow();
            }
            client.shutdownNow();
        }
    }

    private static void send(HttpClient client, URI base, Mix.Ask ask) {
        var request = HttpRequest.newBuilder(base.resolve(ask.path())).timeout(WITHIN);
        if (!ask.body().isEmpty()) {
            request.POST(BodyPublishers.ofString(ask.body()));
        }
        try {
            var _ = client.send(request.build(), BodyHandlers.discarding());
        } catch (IOException e) {
            // The users will see the same, and count it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
