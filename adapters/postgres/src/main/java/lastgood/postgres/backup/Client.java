package lastgood.postgres.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Programs;
import lastgood.postgres.sql.Address;

/// Runs PostgreSQL's client programs against a server. The password goes through a file that only its owner reads and
/// that is gone afterwards: arguments can be seen by every user of the machine.
record Client(Binaries binaries, Address address) {

    /// Names of libpq's variables for what pgjdbc calls otherwise.
    private static final Map<String, String> OPTIONS =
            Map.of("sslmode", "PGSSLMODE", "sslrootcert", "PGSSLROOTCERT", "connectTimeout", "PGCONNECT_TIMEOUT");

    Programs.Ended run(String doing, Duration limit, String program, String... options) {
        return run(doing, limit, address, program, options);
    }

    Programs.Ended run(String doing, Duration limit, Address to, String program, String... options) {
        try {
            var passwords = Files.createTempFile(
                    "lastgood-",
                    ".pgpass",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                Files.writeString(
                        passwords,
                        "*:*:*:%s:%s\n"
                                .formatted(
                                        escaped(to.role()),
                                        escaped(to.password().value())));
                var words = new ArrayList<>(List.of(binaries.program(program).toString(), "--no-password"));
                words.addAll(List.of(options));
                return Programs.run(Programs.unprivileged(words), variables(to, passwords), limit)
                        .orRefuse(doing);
            } finally {
                Files.deleteIfExists(passwords);
            }
        } catch (IOException e) {
            throw new Forbidden("could not %s: %s".formatted(doing, e.getMessage()));
        }
    }

    private static Map<String, String> variables(Address to, Path passwords) {
        var variables = new HashMap<>(Map.of(
                "PGHOST", to.host().replaceAll("^\\[|]$", ""),
                "PGPORT", Integer.toString(to.port()),
                "PGUSER", to.role(),
                "PGDATABASE", to.database(),
                "PGPASSFILE", passwords.toString(),
                "PGAPPNAME", "lastgood"));
        to.options().forEach((name, value) -> {
            if (OPTIONS.containsKey(name)) {
                variables.put(OPTIONS.get(name), value);
            }
        });
        return variables;
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace(":", "\\:");
    }
}
