package lastgood.postgres.integrity;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import lastgood.core.data.IntegrityReport.Finding;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Programs;

/// Every page of a stopped server, also those that no query reads, by PostgreSQL's own program.
public final class StoppedChecksums {

    /// A disk of 100 MB/s reads 350 GB within it.
    private static final Duration LIMIT = Duration.ofHours(1);

    private StoppedChecksums() {}

    /// @param data folder of a server that does not run
    public static Finding check(Binaries binaries, Path data) {
        var object = data.getFileName().toString();
        if (!binaries.has("pg_checksums")) {
            return Check.unknown("page-checksum", object, "there is no pg_checksums in " + binaries.bin());
        }
        var words = List.of(binaries.program("pg_checksums").toString(), "--check", "--pgdata=" + data);
        var ended = Programs.run(Programs.unprivileged(words), Map.of(), LIMIT);
        if (ended.code() == 0) {
            return Check.pass("page-checksum", object, "");
        }
        var bad = ended.output()
                .lines()
                .filter(l -> l.contains("checksum verification failed"))
                .toList();
        return bad.isEmpty()
                ? Check.unknown("page-checksum", object, ended.lastLine())
                : Check.fail("page-checksum", object, bad.size(), bad.getFirst());
    }
}
