package lastgood.postgres.salvage;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A line to the server on which a statement waits until it is let go: what comes before it has happened, and it has
/// not. So two sessions meet where a test wants them to, however slow the machine is.
final class HeldLine implements Closeable {

    /// What pgjdbc sends to commit: the whole statement, with the zeros that the protocol puts around it.
    static final String COMMIT = "\0COMMIT\0";

    private static final long PATIENCE_SECONDS = 60;

    private final ServerSocket front = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final int to;
    private final String words;

    HeldLine(int to, String words) throws IOException {
        this.to = to;
        this.words = words;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return front.getLocalPort();
    }

    /// Waits until the statement has come.
    void awaitHeld() throws InterruptedException {
        if (!held.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody sent " + words.strip());
        }
    }

    void release() {
        released.countDown();
    }

    private void accept() {
        try {
            while (true) {
                var client = front.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void serve(Socket client) {
        try (client;
                var server = new Socket(InetAddress.getLoopbackAddress(), to)) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> passOn(server, client));
            var in = new DataInputStream(client.getInputStream());
            for (var message = Message.read(in, false); ; message = Message.read(in, true)) {
                if (message.asks(words)) {
                    held.countDown();
                    released.await();
                }
                message.write(server.getOutputStream());
            }
        } catch (IOException | InterruptedException _) {
            // One of the two hung up.
        }
    }

    /// A server that hangs up, hangs up on the client.
    private static void passOn(Socket server, Socket client) {
        try (client) {
            CutLine.copy(server, client);
        } catch (IOException _) {
            // Closed already.
        }
    }

    @Override
    public void close() throws IOException {
        released.countDown();
        front.close();
    }
}
