package lastgood.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import lastgood.config.Catalog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DecisionTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    private Catalog catalog;

    @BeforeEach
    void the_demos_own_configuration(@TempDir Path folder) throws Exception {
        catalog = Stage.set(
                        folder.resolve("a {folder} \"with\" names"), Scenario.APP, "/opt/my jdk/{25}/bin/java", false)
                .catalog();
    }

    private Decision decision(double percent, boolean outage) {
        return Decision.of(catalog.policy(), new Decision.Harm(percent, outage), NOON);
    }

    @ParameterizedTest
    @CsvSource({
        "100,  true,  SEV-1",
        "100,  false, SEV-2",
        "10.1, false, SEV-2",
        "10,   false, SEV-3",
        "5,    false, SEV-3",
        "4.9,  false, SEV-4",
        "0,    false, SEV-4"
    })
    void the_matrix_decides_how_bad_it_is(double percent, boolean outage, String severity) {
        assertThat(decision(percent, outage).severity()).isEqualTo(severity);
    }

    @Test
    void the_worst_severity_asks_afterwards_and_the_second_one_asks_somebody_else_before() {
        assertThat(decision(100, true).needsAnother(Stage.ONCALL, catalog)).isFalse();
        assertThat(decision(12, false).needsAnother(Stage.ONCALL, catalog)).isTrue();
        assertThat(decision(7, false).needsAnother(Stage.ONCALL, catalog)).isFalse();
        assertThat(decision(1, false).needsAnother(Stage.ONCALL, catalog)).isFalse();
    }

    @Test
    void says_who_has_to_agree() {
        assertThat(decision(12, false).approval(catalog)).isEqualTo("platform-lead (maya), before anything is changed");
        assertThat(decision(100, true).approval(catalog)).isEqualTo("platform-lead (maya), afterwards");
        assertThat(decision(7, false).approval(catalog)).isEqualTo("oncall (sam), before anything is changed");
        assertThat(decision(1, false).approval(catalog)).isEqualTo("nobody");
    }

    @Test
    void the_decision_clock_counts_from_when_it_was_noticed() {
        assertThat(decision(12, false).clock(NOON.plusSeconds(63))).isEqualTo("13:57 of 15:00 left");
        assertThat(decision(12, false).clock(NOON.plusSeconds(905))).isEqualTo("0:05 over the 15:00");
    }

    @Test
    void nobody_served_is_an_outage_and_one_answer_is_none() {
        assertThat(Decision.Harm.of(new Counts(300, 290), new Counts(40, 40)).outage())
                .isTrue();
        assertThat(Decision.Harm.of(new Counts(300, 299), new Counts(40, 39)).outage())
                .isFalse();
        assertThat(Decision.Harm.of(new Counts(0, 0), new Counts(0, 0)).outage())
                .isFalse();
    }
}
