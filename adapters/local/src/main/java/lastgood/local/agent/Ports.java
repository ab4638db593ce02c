package lastgood.local.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;

/// Free ports on loopback. Between here and the instance's own bind somebody else may take one; the instance then
/// fails to start and gets another.
final class Ports {

    private static final int TRIES = 50;

    private final Set<Integer> given = new HashSet<>();

    synchronized int take() throws IOException {
        for (var i = 0; i < TRIES; i++) {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (given.add(socket.getLocalPort())) {
                    return socket.getLocalPort();
                }
            }
        }
        throw new IOException("no free port on loopback");
    }

    synchronized void keep(int port) {
        given.add(port);
    }

    synchronized void giveBack(int port) {
        given.remove(port);
    }
}
