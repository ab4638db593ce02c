package lastgood.local.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Who listens on a port, where Linux tells us: a taken port is only half an error message without it.
final class PortHolder {

    private static final String LISTENS = "0A";

    private PortHolder() {}

    static String words(int port) {
        return find(port)
                .map(who -> "port %d is taken by %s".formatted(port, who))
                .orElse("port %d is taken".formatted(port));
    }

    private static Optional<String> find(int port) {
        try {
            var sockets = new HashSet<String>();
            for (var table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
                if (Files.isReadable(Path.of(table))) {
                    listening(Files.readString(Path.of(table), US_ASCII), port, sockets);
                }
            }
            return sockets.isEmpty() ? Optional.empty() : owner(sockets);
        } catch (IOException | RuntimeException _) {
            return Optional.empty();
        }
    }

    /// Columns: number, local address:port in hex, remote, state, ..., the tenth is the socket's inode.
    private static void listening(String table, int port, Set<String> sockets) {
        var ending = ":%04x".formatted(port).toUpperCase(Locale.ROOT);
        table.lines().map(l -> l.strip().split("\\s+", -1)).forEach(columns -> {
            if (columns.length > 9 && columns[1].endsWith(ending) && columns[3].equals(LISTENS)) {
                sockets.add("socket:[" + columns[9] + "]");
            }
        });
    }

    private static Optional<String> owner(Set<String> sockets) {
        return ProcessHandle.allProcesses()
                .filter(p -> holds(p.pid(), sockets))
                .findFirst()
                .map(p -> "process %d%s"
                        .formatted(
                                p.pid(),
                                p.info().command().map(c -> " (" + c + ")").orElse("")));
    }

    private static boolean holds(long pid, Set<String> sockets) {
        try (var files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return files.anyMatch(f -> sockets.contains(link(f)));
        } catch (IOException _) {
            return false;
        }
    }

    private static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException _) {
            return "";
        }
    }
}
