package lastgood.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import lastgood.core.Standing;

/// The program that is shown, as far as the demo cannot reach it by typing commands.
public interface Program {

    /// The words that start it as a process of its own, `java` first.
    List<String> command();

    /// This process, in the form in which the agent is told after whom it has to end.
    String self();

    /// The variable that tells it.
    String untilVariable();

    /// How a release stands, after the live one was judged by the rule of the bake, as the agent does now and then.
    Optional<Standing> judged(Path config, String version);

    /// What a person types to start it.
    String launcher();
}
