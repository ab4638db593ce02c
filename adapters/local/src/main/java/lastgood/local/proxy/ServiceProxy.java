package lastgood.local.proxy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.local.LocalService.Listen;

/// Users' way in to one service: chooses who answers, passes the request on, and counts what came of it.
///
/// Per request: maintenance page or a workload by weight; within it the ready instance with the fewest requests in
/// flight; once more with another one if the first could not even be connected to and nothing had been sent. An
/// instance that is being stopped refuses [Backend#enter], so none is stopped with a request on its way to it.
public final class ServiceProxy {

    /// Beyond this, requests are answered with 503 at once: waiting in line would only make all of them slow.
    private static final int IN_FLIGHT_MAX = 1000;

    /// The kernel's queue of connections that wait to be accepted.
    private static final int BACKLOG = 512;

    private static final String NOBODY = "";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore gate = new Semaphore(IN_FLIGHT_MAX);
    private final WeightedTurns turns = new WeightedTurns();
    private final FaultTurns faults = new FaultTurns();
    private final AtomicInteger turn = new AtomicInteger();
    private final Routes routes;
    private final Counters counters;
    private final HttpClient client;
    private final InstantSource clock;

    /// Opens the port.
    ///
    /// @throws java.net.BindException if it is taken
    public ServiceProxy(Listen listen, Routes routes, Counters counters, HttpClient client, InstantSource clock)
            throws IOException {
        this.routes = routes;
        this.counters = counters;
        this.client = client;
        this.clock = clock;
        this.server = HttpServer.create(new InetSocketAddress(listen.host(), listen.port()), BACKLOG);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /// Takes no new connections, and gives open requests that long.
    public void close(Duration drain) {
        server.stop((int) Math.min(drain.toSeconds() + 1, Integer.MAX_VALUE));
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        if (routes.maintenance()) {
            counters.maintenance();
            MaintenancePage.send(exchange);
            return;
        }
        var since = System.nanoTime();
        if (!gate.tryAcquire()) {
            counters.record(Answerer.NOBODY, NOBODY, path(exchange), 503, Duration.ZERO);
            Answers.text(exchange, 503, "too many requests at once; try again");
            return;
        }
        try {
            serve(exchange, since);
        } finally {
            gate.release();
        }
    }

    private void serve(HttpExchange exchange, long since) throws IOException {
        var fault = routes.fault();
        var hit = fault.over(clock.instant()) ? FaultTurns.Hit.NONE : faults.next(fault);
        pause(hit.latency());
        var tried = new HashSet<Backend>();
        var first = choose(tried);
        if (first.isEmpty()) {
            counters.record(Answerer.NOBODY, NOBODY, path(exchange), 503, took(since));
            Answers.text(
                    exchange, 503, routes.weights().isEmpty() ? "nothing is released yet" : "no instance is ready");
            return;
        }
        if (hit.error()) {
            first.get().backend().leave();
            counters.record(first.get().answerer(), first.get().id(), path(exchange), 500, took(since));
            Answers.text(exchange, 500, "this error was injected on purpose (lastgood drill)");
            return;
        }
        forward(exchange, first.get(), tried, since);
    }

    private void forward(HttpExchange exchange, Chosen first, Set<Backend> tried, long since) throws IOException {
        var forward = new Forward(exchange);
        var attempt = attempt(exchange, forward, first, since);
        if (attempt == Attempt.NOT_CONNECTED && forward.untouched()) {
            var second = choose(tried);
            if (second.isPresent()) {
                attempt = attempt(exchange, forward, second.get(), since);
                first = second.get();
            }
        }
        switch (attempt) {
            case ANSWERED -> {}
            case USER_LEFT -> {
                counters.record(first.answerer(), first.id(), path(exchange), 499, took(since));
                throw new IOException("the user went away");
            }
            case NOT_CONNECTED, BROKEN -> fail(exchange, first, 502, "the instance could not be reached", since);
            case LATE -> fail(exchange, first, 504, "the instance did not answer in time", since);
            case IMPOSSIBLE -> fail(exchange, first, 400, "this request cannot be passed on", since);
        }
    }

    private void fail(HttpExchange exchange, Chosen chosen, int code, String text, long since) throws IOException {
        counters.record(chosen.answerer(), chosen.id(), path(exchange), code, took(since));
        Answers.text(exchange, code, text);
    }

    private enum Attempt {
        ANSWERED,
        NOT_CONNECTED,
        BROKEN,
        LATE,
        USER_LEFT,
        IMPOSSIBLE
    }

    private Attempt attempt(HttpExchange exchange, Forward forward, Chosen chosen, long since) throws IOException {
        try {
            var response = client.send(forward.to(chosen.backend().port()), BodyHandlers.ofInputStream());
            counters.record(chosen.answerer(), chosen.id(), path(exchange), response.statusCode(), took(since));
            return answered(forward, response);
        } catch (ConnectException | HttpConnectTimeoutException _) {
            chosen.backend().unreachable();
            return Attempt.NOT_CONNECTED;
        } catch (HttpTimeoutException _) {
            return Attempt.LATE;
        } catch (Delivery e) {
            throw e.cause;
        } catch (IOException _) {
            return forward.userLeft() ? Attempt.USER_LEFT : Attempt.BROKEN;
        } catch (IllegalArgumentException _) {
            return Attempt.IMPOSSIBLE;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Attempt.BROKEN;
        } finally {
            chosen.backend().leave();
        }
    }

    /// The answer had begun: it is counted, and what breaks now can only break the connection.
    private static Attempt answered(Forward forward, java.net.http.HttpResponse<InputStream> response) throws Delivery {
        try {
            forward.answer(response);
            return Attempt.ANSWERED;
        } catch (IOException e) {
            throw new Delivery(e);
        }
    }

    private static final class Delivery extends IOException {
        private final IOException cause;

        Delivery(IOException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    private record Chosen(Backend backend, Answerer answerer) {
        String id() {
            return backend.id();
        }
    }

    private static String path(HttpExchange exchange) {
        return String.valueOf(exchange.getRequestURI().getPath());
    }

    /// A ready instance that has let the request in. A workload without one is stood in for by the others that get
    /// traffic, never by one of weight 0.
    private Optional<Chosen> choose(Set<Backend> tried) {
        for (var workload : turns.next(routes.weights())) {
            var candidates = candidates(workload);
            candidates.removeAll(tried);
            for (var backend : candidates) {
                if (backend.enter()) {
                    tried.add(backend);
                    return Optional.of(new Chosen(backend, Answerer.of(backend.revision(), workload)));
                }
            }
        }
        return Optional.empty();
    }

    /// The least busy first; among equals they take turns, or all of a quiet service's requests would go to one.
    private List<Backend> candidates(String workload) {
        var ready = new ArrayList<>(routes.ready(workload));
        if (ready.size() > 1) {
            Collections.rotate(ready, Math.floorMod(turn.getAndIncrement(), ready.size()));
            ready.sort(Comparator.comparingInt(Backend::inFlight));
        }
        return ready;
    }

    private static void pause(Duration latency) {
        if (latency.isPositive()) {
            try {
                Thread.sleep(latency);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Duration took(long since) {
        return Duration.ofNanos(System.nanoTime() - since);
    }
}
