package lastgood.cli.metrics;

import java.time.Duration;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Table;
import lastgood.config.Durations;
import lastgood.engine.QueriedChecks;
import lastgood.engine.port.Measures;
import lastgood.engine.port.Measures.Measured;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What the team's own signals say now.
@Command(
        name = "signals",
        mixinStandardHelpOptions = true,
        description = {
            "Asks each query of `signals` once, and says what it is used for. One that gives no single number is",
            "UNKNOWN, with the reason: exit 8."
        },
        footer = {"", "Example:", "  lastgood metrics signals -e production --window 5m"})
final class SignalsVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    @Option(names = "--window", paramLabel = "TIME", description = "what $window stands for (default: 5m)")
    private String window = "5m";

    SignalsVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        Duration back = Durations.parse(window).orElse(bad -> {
            throw Failure.usage("--window: " + Screen.plain(bad.fact()), bad.hint());
        });
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        var signals = session.effective().service().signals();
        if (signals.queries().isEmpty()) {
            throw Failure.usage(
                    "%s has no signals of its own".formatted(session.service()),
                    "they are queries under services.%s.signals; users' requests are counted without them"
                            .formatted(session.service().service()));
        }
        var live = session.ports().ledgers().read(session.service()).live();
        var doc = Data.document("Signals").put("service", session.service().toString());
        var items = doc.putArray("items");
        var table = new Table("SIGNAL", "VALUE", "USED FOR", "QUERY");
        var unknown = false;
        for (var signal : signals.queries().entrySet()) {
            var measured = session.metrics()
                    .measures()
                    .ask(
                            session.service(),
                            live,
                            new Measures.Question(signal.getValue().text(), back));
            var use = signals.counts(signal.getKey())
                    ? session.hasAgent() ? "shown; the proxy counts" : "its counters decide and prove"
                    : "shown and checked; proves nothing";
            var item = items.addObject()
                    .put("signal", signal.getKey())
                    .put("query", measured.asked())
                    .put("use", use);
            switch (measured) {
                case Measured.One(var value, var asked) -> {
                    item.put("value", value);
                    table.row(signal.getKey(), QueriedChecks.shown(value), use, Screen.plain(asked));
                }
                case Measured.Unknown(var why, var asked) -> {
                    item.put("unknown", why);
                    table.row(signal.getKey(), "UNKNOWN: " + Screen.plain(why), use, Screen.plain(asked));
                    unknown = true;
                }
            }
        }
        var format = where.common().format();
        if (format == Format.JSON || format == Format.YAML) {
            screen.data(Data.text(doc, format));
        } else {
            screen.data(table.lines());
        }
        return unknown ? Exit.UNREACHABLE : Exit.DONE;
    }
}
