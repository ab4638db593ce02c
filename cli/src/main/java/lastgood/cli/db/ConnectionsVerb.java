package lastgood.cli.db;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Table;
import lastgood.cli.out.When;
import lastgood.core.data.Connections;
import lastgood.core.data.Connections.Group;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The runbook's `watch 'psql … pg_stat_activity'`.
@Command(
        name = "connections",
        mixinStandardHelpOptions = true,
        description = "Who is connected, what they do and what they wait for, against what the server allows.",
        footer = {
            "",
            "Examples:",
            "  lastgood db connections -e production",
            "  lastgood db connections -e production --watch      until Ctrl-C"
        })
final class ConnectionsVerb extends DatabaseVerb {

    private static final Duration EVERY = Duration.ofSeconds(2);

    @Option(names = "--watch", description = "again every 2 s, until Ctrl-C: redrawn on a terminal, else a line each")
    private boolean watch;

    ConnectionsVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() throws InterruptedException {
        var session = session();
        return watch ? watch(session) : once(session);
    }

    private Exit once(Session session) {
        var seen = session.questions().connections(session.service());
        if (isData()) {
            data(json(session, seen));
        } else {
            screen().data(lines(seen));
        }
        return Exit.DONE;
    }

    /// A server that refuses new connections is what people watch for, so that does not end it.
    private Exit watch(Session session) throws InterruptedException {
        var screen = screen();
        var stop = new AtomicBoolean();
        tool().host().onStopSignal(() -> stop.set(true));
        var drawn = 0;
        while (!stop.get()) {
            var lines = looked(session);
            if (screen.moves() && !isData()) {
                screen.raw("%s%s\n"
                        .formatted(drawn == 0 ? "" : "\033[%dA\033[J".formatted(drawn), String.join("\n", lines)));
                drawn = lines.size();
            } else {
                screen.data(lines.getFirst());
            }
            session.ports().time().pause(EVERY);
        }
        return Exit.DONE;
    }

    private List<String> looked(Session session) {
        var time = When.full(session.ports().time().now(), session.effective().timezone());
        try {
            var seen = session.questions().connections(session.service());
            if (isData()) {
                return List.of(json(session, seen).toString());
            }
            var lines = new ArrayList<>(lines(seen));
            lines.set(0, time + "  " + (screen().moves() ? summary(seen) : summary(seen) + busiest(seen)));
            return lines;
        } catch (Unreachable | Forbidden e) {
            return List.of("%s  could not be asked: %s"
                    .formatted(
                            time,
                            Screen.plain(String.valueOf(e.getMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse(""))));
        }
    }

    private static List<String> lines(Connections seen) {
        var lines = new ArrayList<String>();
        lines.add(summary(seen));
        var table = new Table("SESSIONS", "APPLICATION", "ROLE", "DATABASE", "STATE", "WAITS FOR", "OLDEST");
        seen.groups()
                .forEach(g -> table.row(
                        Integer.toString(g.sessions()),
                        shown(g.application()),
                        shown(g.role()),
                        shown(g.database()),
                        shown(g.state()),
                        shown(g.waitsFor()),
                        When.coarse(Duration.ofSeconds(g.oldestSeconds()))));
        lines.addAll(table.lines());
        return lines;
    }

    static String summary(Connections seen) {
        return String.format(
                Locale.ROOT,
                "%d of %d connections used (%.0f%%); %d more are reserved",
                seen.used(),
                seen.max() - seen.reserved(),
                seen.percent(),
                seen.reserved());
    }

    private static String busiest(Connections seen) {
        return seen.groups().stream()
                .findFirst()
                .map(g -> "; most: %d %s %s".formatted(g.sessions(), shown(g.application()), words(g)))
                .orElse("");
    }

    private static String words(Group g) {
        return g.waitsFor().isEmpty() ? shown(g.state()) : "waits for " + Screen.plain(g.waitsFor());
    }

    private static String shown(String text) {
        return text.isEmpty() ? "-" : Screen.plain(text);
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode json(Session session, Connections seen) {
        var doc = Data.document("DatabaseConnections")
                .put("service", session.service().toString())
                .put("max", seen.max())
                .put("reserved", seen.reserved())
                .put("used", seen.used())
                .put("percent", seen.percent());
        var items = doc.putArray("items");
        seen.groups()
                .forEach(g -> items.addObject()
                        .put("application", g.application())
                        .put("role", g.role())
                        .put("database", g.database())
                        .put("state", g.state())
                        .put("waitsFor", g.waitsFor())
                        .put("sessions", g.sessions())
                        .put("oldestSeconds", g.oldestSeconds()));
        return doc;
    }
}
