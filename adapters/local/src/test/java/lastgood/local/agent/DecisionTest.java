package lastgood.local.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lastgood.core.Digest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The table of situations. Instances are written as words: `N` new, `O` old; `+` steady, `~` ready but not for long,
/// `-` not ready just now, `x` hopeless. Actions: `start N`, `stop` and the instance's place.
class DecisionTest {

    private static final Digest NEW = Digest.of("new");
    private static final Digest OLD = Digest.of("old");

    static Stream<Arguments> situations() {
        return Stream.of(
                of("nothing runs yet", 3, "", "start N, start N, start N"),
                of("all is as it should be", 3, "N+ N+ N+", ""),
                of("one has to be added", 3, "N+ N+", "start N"),
                of("one is too many: the youngest goes", 2, "N+ N+ N+", "stop 3"),
                of("one is too many: the one that is not ready goes", 2, "N+ N- N+", "stop 2"),
                of("nothing is wanted", 0, "N+ N+", "stop 2, stop 1"),
                of("nothing is wanted of what is old either", 0, "O+ O-", "stop 2, stop 1"),
                of("a rollout begins: one more is started", 3, "O+ O+ O+", "start N"),
                of("the new one starts: wait", 3, "O+ O+ O+ Nx", ""),
                of("the new one is ready, but not for long: wait", 3, "O+ O+ O+ N~", ""),
                of(
                        "the new one is steady: the youngest old one goes, the next starts",
                        3,
                        "O+ O+ O+ N+",
                        "stop 3, start N"),
                of("the last old one goes", 3, "O+ N+ N+ N+", "stop 1"),
                of("new ones crash: the old ones stay", 2, "O+ O+ Nx", ""),
                of("new ones crash and an old one is not ready just now: it stays", 2, "O+ O- Nx", ""),
                of("an old one that is not ready makes room for a steady new one", 2, "O+ O- N+", "stop 2, start N"),
                of(
                        "old ones that never served go at once and all new ones start",
                        3,
                        "Ox Ox Ox",
                        "stop 3, stop 2, stop 1, start N, start N, start N"),
                of("after a bad release with one hopeless instance: only that goes", 2, "N+ N+ Ox", "stop 3"),
                of("old ones that are only not ready just now are not given up", 2, "O- O-", "start N"),
                of("a single instance is replaced without a gap", 1, "O+", "start N"),
                of("a single instance is replaced without a gap, then", 1, "O+ N+", "stop 1"),
                of("fewer are wanted in the middle of a rollout", 1, "O+ O+ N+", "stop 2, stop 1"));
    }

    static Stream<Arguments> pausedSituations() {
        return Stream.of(
                of("it stays as it is", 3, "O+ O+ O+ N+", ""),
                of("nothing new is started", 3, "O+ O+ O+", ""),
                of("fewer are wanted: old and new keep their proportion", 1, "O+ O+ O+ N+", "stop 3, stop 2"),
                of("fewer are wanted, and the new one has just become ready", 2, "O+ O+ O+ N~", "stop 3"),
                of("more are wanted: of what serves the longest", 3, "O+ N-", "start O"),
                of("nothing runs", 1, "", "start N"),
                of("nothing is wanted", 0, "O+ N+", "stop 2, stop 1"));
    }

    private static Arguments of(String situation, int wanted, String seen, String actions) {
        return Arguments.of(situation, wanted, seen, actions);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("situations")
    void decides(String situation, int wanted, String seen, String actions) {
        assertThat(words(Decision.decide(NEW, wanted, false, instances(seen)))).isEqualTo(actions);
    }

    @ParameterizedTest(name = "paused: {0}")
    @MethodSource("pausedSituations")
    void decides_while_paused(String situation, int wanted, String seen, String actions) {
        assertThat(words(Decision.decide(NEW, wanted, true, instances(seen)))).isEqualTo(actions);
    }

    /// The first is the oldest.
    private static List<Seen> instances(String words) {
        var all = new ArrayList<Seen>();
        for (var word : words.isEmpty() ? new String[0] : words.split(" ")) {
            var state = word.charAt(1);
            all.add(new Seen(
                    Integer.toString(all.size() + 1),
                    word.charAt(0) == 'N' ? NEW : OLD,
                    state == '+' || state == '~',
                    state == '+',
                    state == 'x',
                    100 - all.size()));
        }
        return all;
    }

    private static String words(List<Action> actions) {
        return String.join(
                ", ",
                actions.stream()
                        .map(a -> switch (a) {
                            case Action.Start(var revision) -> "start " + (revision.equals(NEW) ? "N" : "O");
                            case Action.Stop(var id, var _) -> "stop " + id;
                        })
                        .toList());
    }
}
