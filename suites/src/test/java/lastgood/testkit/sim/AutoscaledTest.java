package lastgood.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import lastgood.core.Capacity;
import lastgood.core.RunId;
import lastgood.core.Workload;
import lastgood.core.plan.Step;
import lastgood.engine.port.Fence;
import lastgood.engine.port.database.Databases;
import lastgood.engine.steps.Handlers;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a step that scales makes of a number which an autoscaler may have chosen meanwhile.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AutoscaledTest {

    private static final Workload WEB = new Workload(SimWorld.SERVICE, "web");
    private static final Fence OURS = new Fence(new RunId("rb-00000001"), "20-scale", 1);

    private final SimClock clock = new SimClock();
    private final SimPlatform platform = new SimPlatform(clock, SimWorld.SERVICE);
    private final SimStores.SimLedgers ledgers = new SimStores.SimLedgers();
    private final Handlers handlers = new Handlers(
            platform, platform, platform, ledgers, new SimStores.SimEvidence(clock), Databases.none(), clock);

    @ParameterizedTest
    @CsvSource({
        "1, 3, 1, false, NotYet,   nobody has asked yet",
        "1, 3, 3, true,  Done,     as asked",
        "1, 3, 5, false, Done,     more than planned is as good",
        "1, 3, 2, false, NotYet,   it chose another number, and we want more",
        "1, 3, 2, true,  Done,     what it makes of our number is its business",
        "1, 3, 9, false, Foreign,  beyond its bounds: somebody else",
        "3, 0, 4, false, NotYet,   parked all the same",
        "3, 0, 0, true,  Done,     parked",
        "3, 0, 4, true,  Foreign,  brought back from zero: somebody did that",
        "0, 3, 2, false, NotYet,   it is up again, and we want more"
    })
    void a_number_between_its_bounds_is_nobodys_interference(
            int from, int to, int wanted, boolean asked, String sighting, String why) {
        platform.runs("web", SimWorld.revision("v4"), wanted);
        platform.scalesItself("web", new Capacity(1, 6), 3);
        if (asked) {
            platform.scale(platform.find(WEB).orElseThrow(), wanted, OURS);
        }

        var seen = handlers.look(new Step.Scale(WEB, from, to), OURS.key());

        assertThat(seen.getClass().getSimpleName()).as(why).isEqualTo(sighting);
    }
}
