package lastgood.cli.strategy;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Where requests go.
@Command(name = "traffic", mixinStandardHelpOptions = true, description = "Where users' requests go.")
public final class TrafficVerbs extends Verb {

    private final Tool tool;

    public TrafficVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new Show(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows the parts of a hundred that each workload gets.",
            footer = {"", "Example:", "  lastgood traffic show -e production"})
    private static final class Show extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        Show(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            var seen = session.ports().traffic().get(session.service());
            var format = where.common().format();
            if (format == Format.JSON || format == Format.YAML) {
                var doc = Data.document("Traffic")
                        .put("service", session.service().toString())
                        .put("maintenance", seen.maintenance());
                var weights = doc.putObject("weights");
                seen.weights().forEach(weights::put);
                screen.data(Data.text(doc, format));
                return Exit.DONE;
            }
            var table = new Table("WORKLOAD", "TRAFFIC", "READY");
            seen.weights().forEach((name, weight) -> table.row(name, weight + "%", Integer.toString(seen.ready(name))));
            screen.data(table.lines());
            screen.data("maintenance page: %s".formatted(seen.maintenance() ? "ON" : "off"));
            return Exit.DONE;
        }
    }
}
