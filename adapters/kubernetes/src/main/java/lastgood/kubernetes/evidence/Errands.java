package lastgood.kubernetes.evidence;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;

/// Things to be fetched at the same time and by one deadline, each with a name under which it is missed.
final class Errands implements AutoCloseable {

    /// Enough to have fifty logs within a second, few enough for an API server that is ailing.
    private static final int AT_ONCE = 16;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final long deadline;
    private final Map<String, List<String>> missing = new LinkedHashMap<>();

    /// Fetches one thing after the other in the order they were given, so many at once. Logs that take their time must
    /// not keep events from being fetched, so each has a lane of its own.
    static final class Lane {
        private final Semaphore free = new Semaphore(AT_ONCE, true);
    }

    /// @param what its name, such as `log of web-1/web`
    record Errand<T>(String what, Future<T> answer) {}

    Errands(long deadline) {
        this.deadline = deadline;
    }

    <T> Errand<T> send(Lane lane, String what, Callable<T> question) {
        return new Errand<>(what, threads.submit(() -> {
            lane.free.acquire();
            try {
                return question.call();
            } finally {
                lane.free.release();
            }
        }));
    }

    long left() {
        return Math.max(0, deadline - System.nanoTime());
    }

    /// What came of it; if nothing did, it is missing.
    <T> Optional<T> await(Errand<T> errand) {
        try {
            return Optional.of(errand.answer().get(left(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException | CancellationException _) {
            errand.answer().cancel(true);
            miss(errand.what(), "no answer in time");
        } catch (ExecutionException e) {
            miss(errand.what(), reason(e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            miss(errand.what(), "interrupted");
        }
        return Optional.empty();
    }

    private static String reason(Throwable cause) {
        return switch (cause) {
            case Gone gone -> gone.why();
            case Unreachable _, Forbidden _, IOException _ ->
                String.valueOf(cause.getMessage()).lines().findFirst().orElse("no answer");
            case RuntimeException mistake -> throw mistake;
            default -> throw new IllegalStateException(cause);
        };
    }

    void miss(String what, String why) {
        missing.computeIfAbsent(why, _ -> new ArrayList<>()).add(what);
    }

    /// `log of web-1/web (the pod is gone)`, one after the other; those of one reason together.
    List<String> missing() {
        return missing.entrySet().stream()
                .flatMap(e -> e.getValue().stream().map(what -> "%s (%s)".formatted(what, e.getKey())))
                .toList();
    }

    /// Does not wait: what is still on its way is too late.
    @Override
    public void close() {
        threads.shutdownNow();
    }

    /// What was to be fetched is not there any more.
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String why;

        Gone(String why) {
            super(why);
            this.why = why;
        }

        String why() {
            return why;
        }
    }
}
