package lastgood.cli.strategy;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import picocli.CommandLine.Command;

@Command(
        name = "strategy",
        mixinStandardHelpOptions = true,
        description = "What is particular to blue-green and canary releases.")
public final class StrategyVerbs extends Verb {

    private final Tool tool;

    public StrategyVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new BlueGreenVerbs(tool), new CanaryVerbs(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }
}
