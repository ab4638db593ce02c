package lastgood.cli.help;

import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "version", mixinStandardHelpOptions = true, description = "Prints the version of this program.")
public final class VersionVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Common common = new Common();

    public VersionVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var version = tool.host().version();
        tool.screen(common)
                .data(
                        common.format() == Format.JSON || common.format() == Format.YAML
                                ? Data.text(
                                        Data.document("Version")
                                                .put("version", version)
                                                .put("java", Runtime.version().toString()),
                                        common.format())
                                : "lastgood %s (Java %s)".formatted(version, Runtime.version()));
        return Exit.DONE;
    }
}
