package lastgood.cli.config;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Why a setting is what it is.
@Command(
        name = "effective",
        mixinStandardHelpOptions = true,
        description = "Shows every setting of a service as it holds, and where each comes from.",
        footer = {"", "Example:", "  lastgood config effective -e production --origins"})
final class EffectiveVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    @Option(names = "--origins", description = "say of each where it comes from")
    private boolean origins;

    EffectiveVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var screen = tool.screen(where.common());
        var effective = tool.effective(where);
        var format = where.common().format();
        if (format == Format.JSON || format == Format.YAML) {
            var doc = Data.document("EffectiveConfig");
            var rows = doc.putArray("settings");
            effective
                    .rows()
                    .forEach(r -> rows.addObject()
                            .put("key", r.key())
                            .put("value", r.value())
                            .put("origin", r.origin().toString()));
            screen.data(Data.text(doc, format));
            return Exit.DONE;
        }
        var table = origins ? new Table("SETTING", "VALUE", "FROM") : new Table("SETTING", "VALUE");
        for (var row : effective.rows()) {
            if (origins) {
                table.row(row.key(), row.value(), row.origin().toString());
            } else {
                table.row(row.key(), row.value());
            }
        }
        screen.data(table.lines());
        return Exit.DONE;
    }
}
