package lastgood.postgres.migrate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Fence;
import lastgood.engine.port.TeamCommands;

/// The team's own word on how far the migrations are, beside what the tool's history says: a tool that we cannot read
/// can still be asked.
///
/// @param random so that each time is a time of its own: a command that has ended under a key is not run again
public record StatusCommand(TeamCommands commands, RandomGenerator random) {

    /// It looks at a table; on a cluster an image may have to be pulled first.
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// @param words none = there is no such command
    public Optional<TeamCommands.Ended> run(ServiceRef service, String image, List<String> words) {
        return words.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        commands.run(service, image, words, Map.of(), LIMIT, new Fence(once(), "migration-status", 0)));
    }

    private RunId once() {
        var name = new StringBuilder("op-");
        for (var i = 0; i < 8; i++) {
            name.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return new RunId(name.toString());
    }
}
