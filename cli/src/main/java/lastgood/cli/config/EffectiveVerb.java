package lastgood.cli.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Table;
import lastgood.config.Origin;
import lastgood.config.Row;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Unreachable;
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

    private static final String COUNTED = "signals.counted";

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    @Option(
            names = "--origins",
            description = "say of each where it comes from, and under which names requests are counted")
    private boolean origins;

    EffectiveVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var screen = tool.screen(where.common());
        var effective = tool.effective(where);
        var rows = new ArrayList<>(effective.rows());
        if (origins) {
            counted(rows::add);
        }
        var format = where.common().format();
        if (format == Format.JSON || format == Format.YAML) {
            var doc = Data.document("EffectiveConfig");
            var settings = doc.putArray("settings");
            rows.forEach(r -> settings.addObject()
                    .put("key", r.key())
                    .put("value", r.value())
                    .put("origin", r.origin().toString()));
            screen.data(Data.text(doc, format));
            return Exit.DONE;
        }
        var table = origins ? new Table("SETTING", "VALUE", "FROM") : new Table("SETTING", "VALUE");
        for (var row : rows) {
            if (origins) {
                table.row(row.key(), row.value(), row.origin().toString());
            } else {
                table.row(row.key(), row.value());
            }
        }
        screen.data(table.lines());
        return Exit.DONE;
    }

    /// What no file says: under which names users' requests are counted. It is found out by asking; whoever cannot be
    /// asked keeps nobody from seeing the rest.
    private void counted(Consumer<Row> rows) {
        Metrics.Names names;
        try {
            var session = tool.session(where);
            names = session.metrics().names(session.service());
        } catch (Failure | Unreachable | Forbidden e) {
            names = new Metrics.Names(
                    "",
                    List.of(),
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("no answer"));
        }
        var tried = names.tried().isEmpty() ? "" : "; tried: " + String.join(", ", names.tried());
        rows.accept(new Row(
                COUNTED,
                Screen.plain(names.chosen().isEmpty() ? "chosen when Prometheus is first read" : names.chosen()),
                new Origin.Asked(Screen.plain(names.why() + tried))));
    }
}
