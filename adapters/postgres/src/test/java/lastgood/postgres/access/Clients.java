package lastgood.postgres.access;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Clients that each insert one row after the other, and come back at once whenever they are thrown out.
final class Clients implements AutoCloseable {

    /// A client library's own back-off when the server turns it away.
    private static final int BACK_OFF_MILLIS = 20;

    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();
    final AtomicLong acknowledged = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicInteger inside = new AtomicInteger();

    /// @param pace between two rows of one client
    Clients(String url, String role, int count, int paceMillis) {
        for (var i = 0; i < count; i++) {
            threads.add(Thread.ofPlatform().daemon().stackSize(256 * 1024).start(() -> write(url, role, paceMillis)));
        }
    }

    private void write(String url, String role, int paceMillis) {
        while (!over.get()) {
            try (var session = DriverManager.getConnection(url, role, "");
                    var insert = session.createStatement()) {
                inside.incrementAndGet();
                try {
                    while (!over.get()) {
                        insert.executeUpdate("INSERT INTO public.orders (note) VALUES ('x')");
                        acknowledged.incrementAndGet();
                        Thread.sleep(paceMillis);
                    }
                } finally {
                    inside.decrementAndGet();
                }
            } catch (SQLException _) {
                refused.incrementAndGet();
                pause();
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(BACK_OFF_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        over.set(true);
        for (var thread : threads) {
            try {
                thread.join(10_000);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
