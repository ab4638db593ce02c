package lastgood.postgres.salvage;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// A line to the server that is cut when the client has sent so many requests: the last one arrives, its answer does
/// not. It reads the messages of PostgreSQL's protocol just as far as to count those that want an answer.
final class CutLine implements Closeable {

    private final ServerSocket front = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
    private final int to;
    private int left;

    CutLine(int to, int requests) throws IOException {
        this.to = to;
        this.left = requests;
        Thread.ofVirtual().start(this::serve);
    }

    int port() {
        return front.getLocalPort();
    }

    private void serve() {
        try (var client = front.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), to)) {
            // Small messages one by one: without this each of them waits for the other side's delayed acknowledgement.
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            var answers = Thread.ofVirtual().start(() -> copy(server, client));
            forward(new DataInputStream(client.getInputStream()), server.getOutputStream());
            answers.interrupt();
        } catch (IOException _) {
            // The line is cut, which is what it is for.
        }
    }

    private void forward(DataInputStream in, OutputStream out) throws IOException {
        message(in, out, false);
        while (left > 0) {
            var kind = message(in, out, true);
            if (kind == 'Q' || kind == 'S') {
                left--;
            }
        }
    }

    private static int message(DataInputStream in, OutputStream out, boolean typed) throws IOException {
        var message = Message.read(in, typed);
        message.write(out);
        return message.kind();
    }

    static void copy(Socket from, Socket into) {
        try {
            from.getInputStream().transferTo(into.getOutputStream());
        } catch (IOException _) {
            // Cut.
        }
    }

    @Override
    public void close() throws IOException {
        front.close();
    }
}
