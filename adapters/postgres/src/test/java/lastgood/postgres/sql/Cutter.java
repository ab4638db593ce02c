package lastgood.postgres.sql;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands between us and a server and does harm when what we send comes by for the n-th time: what a crash of either
/// side, a lost request and a lost answer look like.
public final class Cutter implements AutoCloseable {

    /// What happens to the request.
    public enum Harm {
        /// It never gets there.
        LOST_REQUEST,
        /// It gets there, and nobody hears the answer.
        LOST_ANSWER,
        /// Something is done to the server first, then it gets there if it can.
        SOMETHING_ELSE
    }

    private final ServerSocket listener;
    private final int port;
    private final Harm harm;
    private final int at;
    private final Runnable other;
    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicInteger seen = new AtomicInteger();

    /// @param at which of our requests; of all connections together
    /// @param somethingElse for [Harm#SOMETHING_ELSE]
    public Cutter(int port, Harm harm, int at, Runnable somethingElse) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.port = port;
        this.harm = harm;
        this.at = at;
        this.other = somethingElse;
        Thread.ofVirtual().start(this::listen);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /// Whether we got as far as the harm.
    public boolean wasReached() {
        return seen.get() >= at;
    }

    private void listen() {
        while (!listener.isClosed()) {
            try {
                var client = listener.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), port);
                // Small messages one by one: without this each of them waits for a delayed acknowledgement.
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> requests(client, server));
                Thread.ofVirtual().start(() -> answers(server, client));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void requests(Socket client, Socket server) {
        try (client;
                server) {
            var buffer = new byte[65536];
            for (var n = read(client.getInputStream(), buffer); n > 0; n = read(client.getInputStream(), buffer)) {
                if (seen.incrementAndGet() == at) {
                    switch (harm) {
                        case LOST_REQUEST -> {
                            return;
                        }
                        case LOST_ANSWER -> {
                            client.close();
                            server.getOutputStream().write(buffer, 0, n);
                            server.getOutputStream().flush();
                            // the server has it all before it sees that we are gone
                            server.shutdownOutput();
                            server.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
                            return;
                        }
                        case SOMETHING_ELSE -> {
                            try {
                                other.run();
                            } finally {
                                done.countDown();
                            }
                        }
                    }
                }
                server.getOutputStream().write(buffer, 0, n);
                server.getOutputStream().flush();
            }
        } catch (IOException _) {
            // one of them is gone, and that is what this is for
        }
    }

    /// However the server goes, with a good-bye or with a reset, the client hears that it is gone: one that does not
    /// waits for an answer for as long as it can.
    private static void answers(Socket server, Socket client) {
        try (client) {
            server.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException _) {
            // as above
        }
    }

    private static int read(InputStream in, byte[] buffer) throws IOException {
        return in.read(buffer);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        // Whoever is broken off by the harm hears of it before the harm is over: a server that still goes down must
        // not meet the one that is started in its place.
        if (harm == Harm.SOMETHING_ELSE && wasReached()) {
            try {
                if (!done.await(70, TimeUnit.SECONDS)) {
                    throw new AssertionError("the harm did not end");
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
