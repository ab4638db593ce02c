package lastgood.local.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// One HTTP exchange over one connection to this machine, without the JDK's clients: one of them takes a tenth of a
/// second to start, and the other one may send a POST twice without being asked.
public final class TinyHttp {

    /// A health page is small; whoever sends more than this is cut off.
    private static final int DRAIN_MAX = 64 * 1024;

    private TinyHttp() {}

    /// @param text the body as it came, without looking at its encoding
    public record Answer(int status, String text) {}

    /// Asks for a path and keeps no more of the answer than its status. The rest is read all the same: a server whose
    /// client hangs up in the middle logs an error, and those errors would count against its release.
    public static int status(int port, String path, Duration within) throws IOException {
        try (var socket = connect(port, within)) {
            send(socket, "GET " + path + " HTTP/1.1", List.of("User-Agent: lastgood"), new byte[0]);
            var status = status(line(socket));
            drain(socket, within);
            return status;
        }
    }

    private static void drain(Socket socket, Duration within) {
        var deadline = System.nanoTime() + within.toNanos();
        var chunk = new byte[8192];
        try {
            for (var left = DRAIN_MAX; left > 0 && System.nanoTime() < deadline; ) {
                var n = socket.getInputStream().read(chunk);
                if (n < 0) {
                    return;
                }
                left -= n;
            }
        } catch (IOException e) {
            // The status is known; how the rest ends is the server's affair.
        }
    }

    public static Answer get(int port, String path, Duration within) throws IOException {
        try (var socket = connect(port, within)) {
            send(socket, "GET " + path + " HTTP/1.0", List.of(), new byte[0]);
            return answer(socket, within);
        }
    }

    public static Answer post(int port, String path, String token, byte[] body, Duration within) throws IOException {
        try (var socket = connect(port, within)) {
            var headers = List.of(
                    "Authorization: Bearer " + token,
                    "Content-Type: application/json",
                    "Content-Length: " + body.length);
            send(socket, "POST " + path + " HTTP/1.1", headers, body);
            return answer(socket, within);
        }
    }

    private static Socket connect(int port, Duration within) throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) within.toMillis());
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) within.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void send(Socket socket, String request, List<String> headers, byte[] body) throws IOException {
        var head = new StringBuilder(request).append("\r\nHost: 127.0.0.1:").append(socket.getPort());
        head.append("\r\nConnection: close");
        headers.forEach(h -> head.append("\r\n").append(h));
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.append("\r\n\r\n").toString().getBytes(ISO_8859_1));
        bytes.writeBytes(body);
        socket.getOutputStream().write(bytes.toByteArray());
    }

    private static String line(Socket socket) throws IOException {
        var line = new ByteArrayOutputStream();
        var in = socket.getInputStream();
        for (var b = in.read(); b >= 0 && b != '\n' && line.size() < 200; b = in.read()) {
            line.write(b);
        }
        return line.toString(ISO_8859_1);
    }

    private static int status(String line) throws IOException {
        var words = line.strip().split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[1-5][0-9]{2}")) {
            throw new IOException(line.isEmpty() ? "it closed the connection" : "it does not speak HTTP");
        }
        return Integer.parseInt(words[1]);
    }

    /// The server was asked to close, so the body is what comes until it does; a length that was promised is checked,
    /// since half an answer is none.
    private static Answer answer(Socket socket, Duration within) throws IOException {
        var deadline = System.nanoTime() + within.toNanos();
        var all = new ByteArrayOutputStream();
        var chunk = new byte[8192];
        for (var n = socket.getInputStream().read(chunk);
                n >= 0;
                n = socket.getInputStream().read(chunk)) {
            all.write(chunk, 0, n);
            if (all.size() > 16 * Calls.BYTES_MAX) {
                throw new IOException("the answer is too large");
            }
            if (System.nanoTime() > deadline) {
                throw new SocketTimeoutException("the answer did not end in time");
            }
        }
        var text = all.toString(ISO_8859_1);
        var end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException(text.isEmpty() ? "it closed the connection" : "the answer broke off");
        }
        var head = text.substring(0, end);
        var body = Arrays.copyOfRange(all.toByteArray(), end + 4, all.size());
        for (var header : head.split("\r\n", -1)) {
            if (header.regionMatches(true, 0, "Content-Length:", 0, 15)
                    && body.length < Long.parseLong(header.substring(15).strip())) {
                throw new IOException("the answer broke off");
            }
        }
        return new Answer(status(head), new String(body, UTF_8));
    }
}
