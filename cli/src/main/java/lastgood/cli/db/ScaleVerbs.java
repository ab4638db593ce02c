package lastgood.cli.db;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Change;
import lastgood.cli.run.Consent.Danger;
import lastgood.cli.run.ConsentOptions;
import lastgood.cli.run.Look;
import lastgood.cli.run.LookAtDatabase;
import lastgood.core.Words;
import lastgood.core.plan.DatabaseFacts;
import lastgood.core.plan.DatabasePlanner;
import lastgood.core.plan.DatabasePlanner.Request;
import lastgood.core.plan.Facts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The runbook's `kubectl scale --replicas=0` and `=3`, with the number that there really was.
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        description = "Stops everything that writes, and brings back as many instances as there were.",
        footer = {
            "",
            "Examples:",
            "  lastgood scale stop-writes -e production",
            "  lastgood scale restore -e production"
        })
public final class ScaleVerbs extends Verb {

    private final Tool tool;

    public ScaleVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new StopWrites(tool), new Restore(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    private static Facts facts(Session session, Screen screen) {
        var facts = Look.facts(session);
        return session.hasDatabase()
                ? facts.with(new LookAtDatabase(session, screen::say).asItIs())
                : facts.with(new DatabaseFacts.None());
    }

    @Command(
            name = "stop-writes",
            mixinStandardHelpOptions = true,
            description = {
                "The maintenance page, and no instance of anything. Sessions of others stay: `db fence` ends those too."
            },
            footer = {"", "Example:", "  lastgood scale stop-writes -e production"})
    private static final class StopWrites extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Mixin
        private ConsentOptions consent = new ConsentOptions();

        StopWrites(Tool tool) {
            this.tool = tool;
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
                            DatabasePlanner.plan(facts, new Request.StopWrites()),
                            consent,
                            Danger.MODERATE,
                            "",
                            "lastgood scale stop-writes " + session.flags());
        }
    }

    @Command(
            name = "restore",
            mixinStandardHelpOptions = true,
            description = "Starts as many instances as there were when they were stopped, and takes the page down.",
            footer = {"", "Example:", "  lastgood scale restore -e production"})
    private static final class Restore extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Mixin
        private ConsentOptions consent = new ConsentOptions();

        Restore(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() throws InterruptedException {
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            var earlier = Earlier.instances(session)
                    .orElseThrow(() -> Failure.refused(
                            "no run of ours stopped %s, so nothing tells how many instances there were"
                                    .formatted(session.service()),
                            List.of(),
                            "lastgood status %s shows what runs; scale it where it was scaled"
                                    .formatted(session.flags())));
            screen.say("as it was before %s: %s".formatted(earlier.run(), words(earlier)));
            tool.ensureAgent(session, screen);
            var facts = facts(session, screen);
            return new Change(tool, session, screen, where.common())
                    .carry(
                            facts,
                            DatabasePlanner.plan(facts, new Request.Restore(earlier.counts())),
                            consent,
                            Danger.MODERATE,
                            "",
                            "lastgood scale restore " + session.flags());
        }

        private static String words(Earlier.Instances earlier) {
            return String.join(
                    ", ",
                    earlier.counts().entrySet().stream()
                            .map(e -> "%s of %s".formatted(Words.count(e.getValue(), "instance"), e.getKey()))
                            .toList());
        }
    }
}
