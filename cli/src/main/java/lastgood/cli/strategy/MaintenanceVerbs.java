package lastgood.cli.strategy;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.run.Change;
import lastgood.cli.run.Consent.Danger;
import lastgood.cli.run.ConsentOptions;
import lastgood.core.plan.ChangePlanner.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The maintenance page, outside the release, so that going back does not lose it.
@Command(
        name = "maintenance",
        mixinStandardHelpOptions = true,
        description = "Shows users the maintenance page, or the service again.")
public final class MaintenanceVerbs extends Verb {

    private final Tool tool;

    public MaintenanceVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new On(tool), new Off(tool), new Status(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    @Command(
            name = "on",
            mixinStandardHelpOptions = true,
            description = "From now on users get the maintenance page.",
            footer = {"", "Example:", "  lastgood maintenance on -e production"})
    private static final class On extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Mixin
        private ConsentOptions consent = new ConsentOptions();

        On(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() throws InterruptedException {
            var session = tool.session(where);
            return new Change(tool, session, tool.screen(where.common()), where.common())
                    .plan(
                            new Request.Maintenance(true),
                            consent,
                            session.isProtected() ? Danger.MODERATE : Danger.MILD,
                            "",
                            "lastgood maintenance on " + session.flags());
        }
    }

    @Command(
            name = "off",
            mixinStandardHelpOptions = true,
            description = "From now on users get the service again.",
            footer = {"", "Example:", "  lastgood maintenance off -e production"})
    private static final class Off extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        Off(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() throws InterruptedException {
            var session = tool.session(where);
            return new Change(tool, session, tool.screen(where.common()), where.common())
                    .mild(new Request.Maintenance(false));
        }
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Prints on or off.",
            footer = {"", "Example:", "  lastgood maintenance status -e production"})
    private static final class Status extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        Status(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var session = tool.session(where);
            var on = session.ports().traffic().get(session.service()).maintenance();
            tool.screen(where.common()).data(on ? "on" : "off");
            return Exit.DONE;
        }
    }
}
