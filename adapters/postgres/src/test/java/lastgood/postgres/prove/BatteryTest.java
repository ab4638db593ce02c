package lastgood.postgres.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.Verdict;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatteryTest {

    @TempDir
    static Path folder;

    static Server server;
    static Sessions sessions;

    @BeforeAll
    static void start() {
        server = Servers.create(folder.resolve("data"));
        sessions = new Sessions(server.start(Server.Durability.FAST, Map.of()), "test");
        sessions.in(
                "roles",
                Duration.ofSeconds(5),
                s -> s.createStatement().execute("CREATE ROLE app; CREATE ROLE reader"));
    }

    @AfterAll
    static void stop() {
        server.stop();
    }

    static SchemaProof prove(Battery one) {
        var shadows = new Shadows(folder, Optional.of(sessions), InstantSource.system());
        var prover = new Prover(shadows, new Prover.Settings(Set.of("app"), "none", false), InstantSource.system());
        return prover.ahead(
                new Prover.Base.Scripts(List.of(Battery.base(), one.before())),
                one.says(),
                List.of(new MigrationSql(one.name(), one.up(), one.down(), false)));
    }

    @Test
    void at_least_95_of_100_breaking_migrations_are_found_and_at_most_10_of_100_harmless_ones_taken_for_breaking() {
        var missed = new ArrayList<String>();
        var alarms = new ArrayList<String>();
        var breaking = 0;
        var cases = Battery.cases();

        for (var one : cases) {
            var proof = prove(one);
            var fine = proof.verdict() == Verdict.COMPATIBLE || proof.verdict() == Verdict.SAME;
            breaking += one.breaking() ? 1 : 0;
            if (one.breaking() && proof.verdict() != Verdict.BREAKING) {
                missed.add("%s: %s %s".formatted(one.name(), proof.verdict(), proof.reasons()));
            } else if (!one.breaking() && !fine) {
                alarms.add("%s: %s %s".formatted(one.name(), proof.verdict(), proof.reasons()));
            }
        }

        var harmless = cases.size() - breaking;
        System.out.printf(
                "battery: %d migrations; %d of %d breaking ones found, %d of %d harmless ones taken for breaking%n%s%n",
                cases.size(),
                breaking - missed.size(),
                breaking,
                alarms.size(),
                harmless,
                String.join("\n", missed) + "\n" + String.join("\n", alarms));
        assertThat(cases).hasSizeGreaterThanOrEqualTo(60);
        assertThat(missed).hasSizeLessThanOrEqualTo(breaking * 5 / 100);
        assertThat(alarms).hasSizeLessThanOrEqualTo(harmless * 10 / 100);
    }
}
