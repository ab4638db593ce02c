package lastgood.cli.config;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import picocli.CommandLine.Command;

@Command(name = "config", mixinStandardHelpOptions = true, description = "Writes, checks and explains lastgood.yaml.")
public final class ConfigVerbs extends Verb {

    private final Tool tool;

    public ConfigVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new InitVerb(tool), new ValidateVerb(tool), new EffectiveVerb(tool), new SchemaVerb(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }
}
