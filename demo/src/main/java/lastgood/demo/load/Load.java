package lastgood.demo.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Users who come at a constant rate, answered or not (an open loop): a slow service gets no mercy, and no second
/// without requests hides a failure. Each request ends in exactly one count of the [Tape].
///
/// A failure is anything but a 2xx answer in time. Also what could not be sent, because too many are waiting already:
/// a user whose page does not open does not care why.
public final class Load implements AutoCloseable {

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(2);

    private final URI base;
    private final Rate rate;
    private final Mix mix;
    private final InstantSource clock;
    private final Tape tape = new Tape();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_WITHIN)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    private final Semaphore room;
    private final long begin = System.nanoTime();
    private final Instant beganAt;
    private final Thread users;
    private volatile boolean ended;

    /// @param waitingMax users who may wait for an answer at the same time
    /// @param patience after which a user gives up
    public record Rate(int perSecond, int waitingMax, Duration patience) {
        public static Rate of(int perSecond) {
            return new Rate(perSecond, 4 * perSecond, Duration.ofSeconds(3));
        }
    }

    /// Begins at once.
    public Load(URI base, Rate rate, Mix mix, InstantSource clock) {
        this.base = base;
        this.rate = rate;
        this.mix = mix;
        this.clock = clock;
        this.room = new Semaphore(rate.waitingMax());
        this.beganAt = clock.instant();
        this.users = Thread.ofPlatform().name("users").daemon().start(this::come);
    }

    public Tape tape() {
        return tape;
    }

    public Instant beganAt() {
        return beganAt;
    }

    /// Whoever is late catches up: the number of requests depends on the time alone.
    private void come() {
        var gap = TimeUnit.SECONDS.toNanos(1) / rate.perSecond();
        for (var n = 0L; !ended; n++) {
            var due = n * gap;
            for (var early = begin + due - System.nanoTime();
                    early > 0 && !ended;
                    early = begin + due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            if (!ended) {
                send(mix.next(), Duration.ofNanos(due));
            }
        }
    }

    private void send(Mix.Ask ask, Duration due) {
        tape.sent();
        if (!room.tryAcquire()) {
            tape.failed(due, "", clock.instant());
            return;
        }
        var _ = threads.submit(() -> {
            try {
                ask(ask, due);
            } finally {
                room.release();
            }
        });
    }

    private void ask(Mix.Ask ask, Duration due) {
        var request = HttpRequest.newBuilder(base.resolve(ask.path())).timeout(rate.patience());
        if (!ask.body().isEmpty()) {
            request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(ask.body()));
        }
        try {
            var answer = client.send(request.build(), BodyHandlers.discarding());
            if (answer.statusCode() / 100 == 2) {
                tape.ok(due);
            } else {
                tape.failed(due, version(answer), clock.instant());
            }
        } catch (IOException | RuntimeException e) {
            tape.failed(due, "", clock.instant());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            tape.failed(due, "", clock.instant());
        }
    }

    private static String version(HttpResponse<Void> answer) {
        return answer.headers().firstValue("X-Version").orElse("");
    }

    /// No more requests; those that wait are waited for, so that the counts are final.
    @Override
    public void close() {
        ended = true;
        try {
            LockSupport.unpark(users);
            users.join();
            threads.shutdown();
            if (!threads.awaitTermination(rate.patience().plusSeconds(2).toMillis(), TimeUnit.MILLISECONDS)) {
                var _ = threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.shutdownNow();
    }
}
