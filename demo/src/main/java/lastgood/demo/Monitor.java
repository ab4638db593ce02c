package lastgood.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/// Reads the platform's own counters once a second, as a Prometheus would, and lets [Noticing] judge them.
final class Monitor implements AutoCloseable {

    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Supplier<Optional<URI>> page;
    private final InstantSource clock;
    private final Noticing noticing;
    private final Thread thread;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(EVERY)
            .build();

    Monitor(Supplier<Optional<URI>> page, Noticing noticing, InstantSource clock) {
        this.page = page;
        this.noticing = noticing;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("monitor").start(this::watch);
    }

    private void watch() {
        try {
            for (var due = System.nanoTime(); true; due += EVERY.toNanos()) {
                Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
                look();
            }
        } catch (InterruptedException e) {
            // Nobody wants to know any more.
        }
    }

    /// A page that cannot be read is no reading: it neither proves harm nor health.
    private void look() throws InterruptedException {
        try {
            var at = page.get();
            if (at.isPresent()) {
                var request = HttpRequest.newBuilder(at.get()).timeout(EVERY).build();
                var text = client.send(request, BodyHandlers.ofString()).body();
                var reading = new Noticing.Reading(clock.instant(), Counts.read(text));
                synchronized (noticing) {
                    noticing.take(reading);
                }
            }
        } catch (IOException e) {
            // The next second is soon.
        }
    }

    Optional<Noticing.Noticed> noticed() {
        synchronized (noticing) {
            return noticing.noticed();
        }
    }

    Optional<Counts> now() {
        synchronized (noticing) {
            return noticing.now();
        }
    }

    Optional<Counts> lastSecond() {
        synchronized (noticing) {
            return noticing.lastSecond();
        }
    }

    /// What was read so far says nothing about now: the world has just changed.
    void forgetNow() {
        synchronized (noticing) {
            noticing.forgetNow();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        client.shutdownNow();
    }
}
