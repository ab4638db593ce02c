package lastgood.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import lastgood.testkit.sim.Fuse.Fault;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What the crash suites found, each with its reproduction.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FoundBySimulationTest {

    private static Crashes.Ending with(String plan, Map<Integer, Fault> faults) {
        return new Crashes(Corpus.named(plan)).with(faults);
    }

    @Test
    void people_are_told_of_the_end_when_its_last_owner_died_and_another_one_slept() {
        assertThat(with("change: decommission a colour", Map.of(21, Fault.CRASH_AFTER, 2, Fault.SLEEP))
                        .wrong())
                .isEmpty();
    }

    @Test
    void people_are_told_of_the_end_when_the_answer_to_its_record_was_lost() {
        assertThat(with("change: maintenance on", Map.of(8, Fault.ANSWER_LOST)).wrong())
                .isEmpty();
    }
}
