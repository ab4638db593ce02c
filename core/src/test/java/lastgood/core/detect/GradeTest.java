package lastgood.core.detect;

import static org.assertj.core.api.Assertions.assertThat;

import lastgood.core.Severity;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class GradeTest {

    @ParameterizedTest
    @CsvSource({
        "-1, 1, Undecided",
        "-1, 0.075, Undecided",
        "-1, 0.05, Cleared",
        "-1, 0.001, Cleared",
        "0, 1, AtLeastMinor",
        "0.03, 0.075, AtLeastMinor",
        "0, 0.05, SEV4",
        "0.03, 0.05, SEV4",
        "0.05, 1, SEV3",
        "0.075, 0.1, SEV3",
        "0.1, 1, SEV2",
        "0.5, 0.9, SEV2",
        "0.9, 1, SEV1"
    })
    void bounds_of_the_increase_are_graded_by_the_matrix(double above, double below, String wanted) {
        var grade = Grade.of(new Increase(above, below), Grade.Outage.NOT_SEEN);

        assertThat(word(grade)).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "0, Cleared",
        "0.0001, SEV4",
        "0.0499999, SEV4",
        "0.05, SEV3",
        "0.1, SEV3",
        "0.1000001, SEV2",
        "0.9, SEV2",
        "0.9000001, SEV1"
    })
    void exactly_five_and_exactly_ten_points_are_sev_3(double share, String wanted) {
        assertThat(word(Grade.ofKnown(share))).isEqualTo(wanted);
    }

    @Test
    void an_outage_that_nobody_counted_is_sev_1_whatever_the_errors_say() {
        assertThat(Grade.of(Increase.UNKNOWN, Grade.Outage.TOTAL)).isEqualTo(new Grade.Proved(Severity.SEV1));
    }

    private static String word(Grade grade) {
        return switch (grade) {
            case Grade.Proved(var severity) -> severity.name();
            case Grade.AtLeastMinor() -> "AtLeastMinor";
            case Grade.Cleared() -> "Cleared";
            case Grade.Undecided() -> "Undecided";
        };
    }
}
