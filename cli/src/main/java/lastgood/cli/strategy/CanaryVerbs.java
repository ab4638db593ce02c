package lastgood.cli.strategy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Table;
import lastgood.cli.run.Change;
import lastgood.cli.run.Consent.Danger;
import lastgood.cli.run.ConsentOptions;
import lastgood.cli.run.Look;
import lastgood.cli.run.PlanScreen;
import lastgood.core.Strategy;
import lastgood.core.WorkloadState;
import lastgood.core.plan.ChangePlanner.Request;
import lastgood.core.plan.RolloutPlanner;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Unreachable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// A few instances of the new release, with a few of the requests.
@Command(
        name = "canary",
        mixinStandardHelpOptions = true,
        description = "How the canary does, and ending it either way.")
final class CanaryVerbs extends Verb {

    private final Tool tool;

    CanaryVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new Status(tool), new Stop(tool), new RollBack(tool), new Delete(tool), new Promote(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Compares the canary with the stable release.",
            footer = {"", "Example:", "  lastgood strategy canary status -e production"})
    private static final class Status extends Verb {

        private static final Duration WINDOW = Duration.ofMinutes(5);

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        Status(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var session = tool.session(where);
            if (!(session.strategy() instanceof Strategy.Canary(var main, var canary, var _))) {
                throw Failure.refused(
                        "%s is released %s, not by canary"
                                .formatted(session.service(), session.strategy().word()),
                        List.of(),
                        "set strategy.type: canary for it");
            }
            print(session, List.of(main, canary));
            return Exit.DONE;
        }

        /// Empty where nobody can say how users fare.
        private static Optional<Metrics.Window> window(Session session, WorkloadState workload, Instant since) {
            try {
                return Optional.of(session.metrics()
                        .window(
                                session.service(),
                                Optional.of(workload.requested().digest()),
                                since));
            } catch (Unreachable e) {
                return Optional.empty();
            }
        }

        private void print(Session session, List<String> names) {
            var seen = Look.state(session);
            var since = session.ports().time().now().minus(WINDOW);
            var table = new Table("WORKLOAD", "TRAFFIC", "VERSION", "INSTANCES", "HEALTH");
            var doc = Data.document("CanaryStatus")
                    .put("service", session.service().toString());
            var items = doc.putArray("workloads");
            for (var name : names) {
                var w = seen.workload(name);
                var window = w.flatMap(x -> window(session, x, since));
                table.row(
                        name,
                        seen.traffic().weight(name) + "%",
                        w.map(x -> x.requested().version().text()).orElse("-"),
                        w.map(x -> x.progress()).orElse("does not run"),
                        window.map(PlanScreen::health).orElse("-"));
                items.addObject()
                        .put("name", name)
                        .put("weight", seen.traffic().weight(name))
                        .put(
                                "version",
                                w.map(x -> x.requested().version().text()).orElse(null))
                        .put("requests", window.map(x -> x.requests()).orElse(0L))
                        .put("errors", window.map(x -> x.errors()).orElse(0L));
            }
            var screen = tool.screen(where.common());
            var format = where.common().format();
            if (format == Format.JSON || format == Format.YAML) {
                screen.data(Data.text(doc, format));
            } else {
                screen.data(table.lines());
            }
        }
    }

    /// One that changes something.
    private abstract static class Changing extends Verb {

        final Tool tool;

        @Mixin
        final Where where = new Where();

        @Mixin
        final ConsentOptions consent = new ConsentOptions();

        Changing(Tool tool) {
            this.tool = tool;
        }

        final Exit change(Request request, boolean removes, String word) throws InterruptedException {
            var session = tool.session(where);
            var danger = removes && session.isProtected() ? Danger.SEVERE : removes ? Danger.MODERATE : Danger.MILD;
            return new Change(tool, session, tool.screen(where.common()), where.common())
                    .plan(
                            request,
                            consent,
                            danger,
                            "what is removed cannot be put back by an undo",
                            "lastgood strategy canary %s %s".formatted(word, session.flags()));
        }
    }

    @Command(
            name = "stop",
            mixinStandardHelpOptions = true,
            description = "Takes all traffic off the canary; it stays where it is for a look.",
            footer = {"", "Example:", "  lastgood strategy canary stop -e production"})
    private static final class Stop extends Changing {
        Stop(Tool tool) {
            super(tool);
        }

        @Override
        public Exit say() throws InterruptedException {
            return change(new Request.StopCanary(), false, "stop");
        }
    }

    @Command(
            name = "rollback",
            mixinStandardHelpOptions = true,
            description = "Takes all traffic off the canary, writes down that it was rolled back, and parks it.",
            footer = {"", "Example:", "  lastgood strategy canary rollback -e production"})
    private static final class RollBack extends Changing {
        RollBack(Tool tool) {
            super(tool);
        }

        @Override
        public Exit say() throws InterruptedException {
            return change(new Request.RollBackCanary(), false, "rollback");
        }
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Removes the canary after keeping its evidence. Refused while it has traffic.",
            footer = {"", "Example:", "  lastgood strategy canary delete -e production --confirm web"})
    private static final class Delete extends Changing {
        Delete(Tool tool) {
            super(tool);
        }

        @Override
        public Exit say() throws InterruptedException {
            return change(new Request.DeleteCanary(), true, "delete");
        }
    }

    @Command(
            name = "promote",
            mixinStandardHelpOptions = true,
            description = "Makes the canary's release everybody's.",
            footer = {"", "Example:", "  lastgood strategy canary promote -e production"})
    private static final class Promote extends Changing {
        Promote(Tool tool) {
            super(tool);
        }

        @Override
        public Exit say() throws InterruptedException {
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            tool.ensureAgent(session, screen);
            var facts = Look.facts(session);
            return new Change(tool, session, screen, where.common())
                    .carry(
                            facts,
                            RolloutPlanner.promote(facts),
                            consent,
                            session.isProtected() ? Danger.MODERATE : Danger.MILD,
                            "",
                            "lastgood strategy canary promote " + session.flags());
        }
    }
}
