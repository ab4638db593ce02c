package lastgood.cli.strategy;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Table;
import lastgood.cli.run.Change;
import lastgood.cli.run.Consent.Danger;
import lastgood.cli.run.ConsentOptions;
import lastgood.cli.run.Look;
import lastgood.core.ServiceState;
import lastgood.core.Strategy;
import lastgood.core.plan.ChangePlanner.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Two colours.
@Command(
        name = "bluegreen",
        mixinStandardHelpOptions = true,
        description = "Which colour is active, and switching between them.")
final class BlueGreenVerbs extends Verb {

    private final Tool tool;

    BlueGreenVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new Status(tool), new Switch(tool), new Decommission(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    private static Strategy.BlueGreen colours(Session session) {
        if (session.strategy() instanceof Strategy.BlueGreen colours) {
            return colours;
        }
        throw Failure.refused(
                "%s is released %s, not blue-green"
                        .formatted(session.service(), session.strategy().word()),
                List.of(),
                "set strategy.type: blue-green for it");
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Shows both colours.",
            footer = {
                "",
                "Examples:",
                "  CURRENT=$(lastgood strategy bluegreen status -e production --get-active)",
                "  lastgood strategy bluegreen status -e production --verify        exit 5 unless the active one is well"
            })
    private static final class Status extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Option(names = "--get-active", description = "print only the active colour")
        private boolean getActive;

        @Option(names = "--verify", description = "exit 5 unless one colour has all the traffic and is ready")
        private boolean verify;

        Status(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            var colours = colours(session);
            var seen = Look.state(session);
            if (getActive) {
                screen.data(active(seen, colours));
                return Exit.DONE;
            }
            print(screen, seen, colours);
            return verify ? verify(session, screen, seen, colours) : Exit.DONE;
        }

        private static String active(ServiceState seen, Strategy.BlueGreen colours) {
            return seen.active()
                    .map(w -> colours.colourOf(w.workload().name()))
                    .orElseThrow(() -> Failure.refused("no colour is active: nothing runs", List.of(), ""));
        }

        private void print(Screen screen, ServiceState seen, Strategy.BlueGreen colours) {
            if (where.common().format() == Format.JSON || where.common().format() == Format.YAML) {
                var doc = Data.document("BlueGreenStatus")
                        .put("service", seen.service().toString());
                var items = doc.putArray("colors");
                for (var colour : colours.colours()) {
                    var w = seen.workload(colours.workloadOf(colour));
                    items.addObject()
                            .put("color", colour)
                            .put("weight", seen.traffic().weight(colours.workloadOf(colour)))
                            .put(
                                    "version",
                                    w.map(x -> x.requested().version().text()).orElse(null))
                            .put("ready", w.map(x -> x.ready()).orElse(0))
                            .put("wanted", w.map(x -> x.wanted()).orElse(0));
                }
                screen.data(Data.text(doc, where.common().format()));
                return;
            }
            var table = new Table("COLOUR", "TRAFFIC", "VERSION", "INSTANCES");
            for (var colour : colours.colours()) {
                var w = seen.workload(colours.workloadOf(colour));
                table.row(
                        colour,
                        seen.traffic().weight(colours.workloadOf(colour)) + "%",
                        w.map(x -> x.requested().version().text()).orElse("-"),
                        w.map(x -> x.progress()).orElse("does not run"));
            }
            screen.data(table.lines());
        }

        private static Exit verify(Session session, Screen screen, ServiceState seen, Strategy.BlueGreen colours) {
            var active = seen.active();
            var whole = active.filter(w -> seen.traffic().weight(w.workload().name()) == 100)
                    .filter(w -> w.wanted() > 0 && w.complete());
            if (whole.isEmpty()) {
                screen.data("✖ FAIL  no colour has all the traffic and all its instances ready");
                return Exit.NOT_RECOVERED;
            }
            screen.data("✔ PASS  all traffic of %s is on %s, %s"
                    .formatted(
                            session.service(),
                            colours.colourOf(whole.get().workload().name()),
                            whole.get().progress()));
            return Exit.DONE;
        }
    }

    @Command(
            name = "switch",
            mixinStandardHelpOptions = true,
            description = "Sends all traffic to a colour. Refused unless it runs; waits until it is ready.",
            footer = {"", "Example:", "  lastgood strategy bluegreen switch --to blue -e production"})
    private static final class Switch extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Mixin
        private ConsentOptions consent = new ConsentOptions();

        @Option(
                names = "--to",
                paramLabel = "COLOUR",
                required = true,
                description = "the colour; never \"the other one\"")
        private String colour = "";

        Switch(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() throws InterruptedException {
            var session = tool.session(where);
            return new Change(tool, session, tool.screen(where.common()), where.common())
                    .plan(
                            new Request.SwitchTo(Screen.plain(colour)),
                            consent,
                            session.isProtected() ? Danger.MODERATE : Danger.MILD,
                            "",
                            "lastgood strategy bluegreen switch --to %s %s"
                                    .formatted(Screen.plain(colour), session.flags()));
        }
    }

    @Command(
            name = "decommission",
            mixinStandardHelpOptions = true,
            description = "Removes a colour after keeping its evidence. Refused for the active one. Cannot be undone.",
            footer = {
                "",
                "Example:",
                "  lastgood strategy bluegreen decommission --color green -e production --confirm web"
            })
    private static final class Decommission extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Mixin
        private ConsentOptions consent = new ConsentOptions();

        @Option(
                names = {"--color", "--colour"},
                paramLabel = "COLOUR",
                required = true,
                description = "the colour")
        private String colour = "";

        Decommission(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() throws InterruptedException {
            var session = tool.session(where);
            return new Change(tool, session, tool.screen(where.common()), where.common())
                    .plan(
                            new Request.Decommission(Screen.plain(colour)),
                            consent,
                            session.isProtected() ? Danger.SEVERE : Danger.MODERATE,
                            "what is removed cannot be put back by an undo",
                            "lastgood strategy bluegreen decommission --color %s %s"
                                    .formatted(Screen.plain(colour), session.flags()));
        }
    }
}
