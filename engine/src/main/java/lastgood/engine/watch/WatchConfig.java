package lastgood.engine.watch;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import lastgood.core.ServiceRef;
import lastgood.core.decide.DecisionRules;
import lastgood.engine.port.Forbidden;

/// How one service is watched, as its configuration says.
///
/// @param sources for a watch, which looks again and again; what takes long is asked in the background
/// @param once the same for a single question: everything is asked there and then
/// @param critical routes that get half of the attention
/// @param reports starts to take what other systems report, at an address
/// @param beside services of the same surroundings; those that were not deployed lately are its guard group
public record WatchConfig(
        Sources sources,
        Sources once,
        DecisionRules rules,
        Set<String> critical,
        List<ServiceRef> beside,
        Reports reports) {

    /// Where other systems can report to.
    public interface Reports {

        /// @return to be closed when nobody watches any more
        /// @throws lastgood.engine.port.Forbidden if it may not or cannot listen there
        AutoCloseable listen(InetSocketAddress address, Optional<String> token);
    }

    public WatchConfig {
        critical = Set.copyOf(critical);
        beside = List.copyOf(beside);
    }

    /// Where nothing counts what users get.
    public static WatchConfig blind(String why) {
        return new WatchConfig(
                Sources.blind(why), Sources.blind(why), DecisionRules.runbook(), Set.of(), List.of(), (_, _) -> {
                    throw new Forbidden("nothing listens here");
                });
    }
}
