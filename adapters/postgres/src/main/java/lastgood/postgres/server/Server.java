package lastgood.postgres.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.sql.Address;

/// A PostgreSQL server that we started, on loopback, in a folder of its own. It outlives the process that started it
/// and is found again by its folder.
///
/// @param data its data folder
public record Server(Binaries binaries, Path data) {

    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final String OWNER = "postgres";

    /// How much a crash may cost.
    public enum Durability {
        /// As PostgreSQL comes: what was committed is there after a crash.
        SAFE,
        /// For what is thrown away anyway, such as a shadow.
        FAST
    }

    /// Makes an empty cluster, with UTF-8, the C collation and checksums, that lets everyone on this machine in: for
    /// what is thrown away.
    public static Server create(Binaries binaries, Path data) {
        return create(binaries, data, List.of("--auth=trust", "--no-sync"));
    }

    /// Makes an empty cluster to keep.
    ///
    /// @param password file with the superuser's password
    public static Server createWithPassword(Binaries binaries, Path data, Path password) {
        return create(binaries, data, List.of("--auth=scram-sha-256", "--pwfile=" + password));
    }

    private static Server create(Binaries binaries, Path data, List<String> options) {
        var words = new ArrayList<>(List.of(
                binaries.program("initdb").toString(),
                "--pgdata=" + data,
                "--username=" + OWNER,
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums"));
        words.addAll(options);
        Programs.run(Programs.unprivileged(words), Map.of(), WITHIN).orRefuse("make a database cluster in " + data);
        return new Server(binaries, data);
    }

    /// Starts it on a free port. `settings` go before the file's.
    ///
    /// @return where it is, as its superuser
    public Address start(Durability durability, Map<String, String> settings) {
        return start(freePort(), durability, settings);
    }

    public Address start(int port, Durability durability, Map<String, String> settings) {
        var all = new TreeMap<>(settings);
        all.put("port", Integer.toString(port));
        all.putIfAbsent("listen_addresses", "127.0.0.1");
        // The path of a socket has little room (107 bytes), a data folder may lie deep, and nobody needs it.
        all.put("unix_socket_directories", "");
        if (durability == Durability.FAST) {
            all.putIfAbsent("fsync", "off");
            all.putIfAbsent("synchronous_commit", "off");
            all.putIfAbsent("full_page_writes", "off");
        }
        var options = all.entrySet().stream()
                .map(s -> "-c %s=%s".formatted(s.getKey(), quoted(s.getValue())))
                .collect(Collectors.joining(" "));
        var ended = ctl("start", "--wait", "--log=" + log(), "--options=" + options);
        if (ended.code() != 0) {
            throw new Forbidden(
                    "could not start the server in %s: %s%s".formatted(data, ended.lastLine(), lastLogged()));
        }
        return address(port);
    }

    /// pg_ctl hands its options to a shell: the values are ours, and quoted all the same.
    private static String quoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }

    /// Ends sessions and stops; what was committed is on disk. One that does not run is left alone.
    public void stop() {
        end("fast");
    }

    /// As a power failure would.
    public void crash() {
        end("immediate");
    }

    /// `pg_ctl` also fails when the server went down by itself before it was asked or while it was, which is what was
    /// wanted: so what counts is whether it is there.
    private void end(String mode) {
        var ended = ctl("stop", "--wait", "--mode=" + mode);
        if (ended.code() != 0 && isThere()) {
            throw new Forbidden(
                    "could not stop the server in %s: %s%s".formatted(data, ended.lastLine(), lastLogged()));
        }
    }

    private boolean isThere() {
        try {
            return Files.readAllLines(data.resolve("postmaster.pid"), UTF_8).stream()
                    .findFirst()
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
                    .filter(ProcessHandle::isAlive)
                    .isPresent();
        } catch (NoSuchFileException _) {
            return false;
        } catch (IOException | NumberFormatException _) {
            return true;
        }
    }

    private Programs.Ended ctl(String verb, String... options) {
        var words = new ArrayList<>(List.of(
                binaries.program("pg_ctl").toString(),
                verb,
                "--pgdata=" + data,
                "--silent",
                "--timeout=" + WITHIN.toSeconds()));
        words.addAll(List.of(options));
        return Programs.run(Programs.unprivileged(words), Map.of(), WITHIN.plusSeconds(10));
    }

    private String lastLogged() {
        try {
            return Files.isReadable(log())
                    ? "\n"
                            + Files.readAllLines(log(), UTF_8).reversed().stream()
                                    .filter(l -> l.contains("FATAL") || l.contains("PANIC") || l.contains("HINT"))
                                    .limit(2)
                                    .collect(Collectors.joining("; "))
                    : "";
        } catch (IOException _) {
            return "";
        }
    }

    public Path log() {
        return data.resolveSibling(data.getFileName() + ".log");
    }

    /// Where it listens, if it runs. Its file is written line by line while it starts.
    public Optional<Address> running() {
        try {
            var lines = Files.readAllLines(data.resolve("postmaster.pid"), UTF_8);
            if (lines.size() <= 3) {
                return Optional.empty();
            }
            var alive = ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                    .filter(ProcessHandle::isAlive)
                    .isPresent();
            return alive ? Optional.of(address(Integer.parseInt(lines.get(3).strip()))) : Optional.empty();
        } catch (IOException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Address address(int port) {
        return new Address("127.0.0.1", port, OWNER, OWNER, new Address.Password(""), Map.of());
    }

    /// One that nobody listens on at the moment.
    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new Forbidden("no free port: " + e.getMessage());
        }
    }
}
