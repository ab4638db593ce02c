package lastgood.cli.config;

import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.config.Loaded;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Every problem at once, with its line.
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = "Checks the configuration: every problem at once, each with its place. Exit 2 if there is one.",
        footer = {"", "Examples:", "  lastgood config validate", "  lastgood config validate --config other.yaml"})
final class ValidateVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Common common = new Common();

    ValidateVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var screen = tool.screen(common);
        var loaded = tool.load(tool.file(common));
        if (common.format() == Format.JSON || common.format() == Format.YAML) {
            screen.data(Data.text(data(loaded), common.format()));
            return loaded instanceof Loaded.Ok ? Exit.DONE : Exit.USAGE;
        }
        return switch (loaded) {
            case Loaded.Ok(var catalog) -> {
                screen.data("%s is well: environments %s; services %s"
                        .formatted(catalog.file(), Tool.environments(catalog), String.join(", ", catalog.services())));
                catalog.notes().forEach(n -> screen.data(" note: " + n));
                yield Exit.DONE;
            }
            case Loaded.Invalid invalid -> {
                screen.error(invalid.text().lines().toList());
                yield Exit.USAGE;
            }
        };
    }

    private static com.fasterxml.jackson.databind.JsonNode data(Loaded loaded) {
        var doc = Data.document("ConfigCheck").put("valid", loaded instanceof Loaded.Ok);
        var notes = doc.putArray("notes");
        if (loaded instanceof Loaded.Ok(var catalog)) {
            catalog.notes().forEach(notes::add);
        }
        var problems = doc.putArray("problems");
        if (loaded instanceof Loaded.Invalid(var _, var all)) {
            for (var p : all) {
                problems.addObject()
                        .put("where", p.where().position())
                        .put("path", p.path())
                        .put("fact", p.fact())
                        .put("hint", p.hint());
            }
        }
        return doc;
    }
}
