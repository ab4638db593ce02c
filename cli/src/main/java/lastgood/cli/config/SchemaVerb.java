package lastgood.cli.config;

import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.config.CatalogSchema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// For editors.
@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        description = "Prints the JSON Schema of lastgood.yaml, for editors.",
        footer = {"", "Example:", "  lastgood config schema > .vscode/lastgood.schema.json"})
final class SchemaVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Common common = new Common();

    SchemaVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        tool.screen(common).data(CatalogSchema.text().stripTrailing());
        return Exit.DONE;
    }
}
