package lastgood.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import lastgood.core.LedgerEntry;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.CheckResult.Finding;
import lastgood.core.recover.Sample;
import lastgood.engine.ToldChecks;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ToldChecksTest {

    private final SimWorld world = Corpus.named("rollback: rolling").world().get();

    private CheckResult users(CheckResult platform) {
        var ledger = world.ledgers.read(world.service);
        return new ToldChecks((_, _, _, full) -> new Sample(List.of(platform), full), world.ledgers)
                .ask(world.service, ledger.live().orElseThrow(), Instant.EPOCH, true)
                .results()
                .getFirst();
    }

    private void told(boolean well, String why, Instant at) {
        var ledger = world.ledgers.read(world.service);
        var number = ledger.live().orElseThrow().number();
        world.ledgers.append(
                ledger, List.of(new LedgerEntry.Told(number, well, "maya", why, at, "told/" + why.hashCode())));
    }

    @Test
    void silence_is_no_pass() {
        var result = users(CheckResult.unknown(Check.USERS, "not configured"));

        assertThat(result.finding()).isEqualTo(Finding.UNKNOWN);
        assertThat(result.value()).startsWith("waiting for a person: lastgood verify users");
    }

    @Test
    void whoever_is_to_be_asked_is_named() {
        var checks = new ToldChecks(
                (_, _, _, full) -> new Sample(List.of(CheckResult.unknown(Check.USERS, "")), full),
                world.ledgers,
                Map.of(world.service, "@support"));

        assertThat(checks.ask(
                                world.service,
                                world.ledgers.read(world.service).live().orElseThrow(),
                                Instant.EPOCH,
                                true)
                        .results()
                        .getFirst()
                        .value())
                .startsWith("ask @support: lastgood verify users --pass or --fail");
    }

    @Test
    void a_query_that_was_asked_in_vain_keeps_its_reason() {
        var result = users(new CheckResult(Check.USERS, Finding.UNKNOWN, "connection refused", "< 5", "sum(open)"));

        assertThat(result.value()).isEqualTo("connection refused");
    }

    @Test
    void the_last_word_since_the_release_is_live_counts_with_its_author_and_reason() {
        told(true, "said of an earlier time", Instant.EPOCH);
        assertThat(users(CheckResult.unknown(Check.USERS, "")).finding()).isEqualTo(Finding.UNKNOWN);

        told(false, "complaints", world.clock.now());
        told(true, "support is quiet", world.clock.now());

        assertThat(users(CheckResult.unknown(Check.USERS, "")))
                .satisfies(r -> assertThat(r.finding()).isEqualTo(Finding.PASS))
                .satisfies(r -> assertThat(r.value()).isEqualTo("maya: support is quiet"));
    }

    @Test
    void a_way_to_ask_of_the_teams_own_comes_first() {
        told(true, "support is quiet", world.clock.now());

        assertThat(users(CheckResult.fail(Check.USERS, "3 tickets", "", "jira")).finding())
                .isEqualTo(Finding.FAIL);
    }
}
