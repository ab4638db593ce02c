package lastgood.cli.release;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Change;
import lastgood.cli.run.Unattended;
import lastgood.core.plan.ChangePlanner;
import lastgood.core.plan.Plan;
import lastgood.engine.Control;
import lastgood.engine.Runs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The runbook's `kubectl rollout pause` and `resume`.
///
/// While a run of ours puts the release out, the service is its own: then the run is paused, and the platform with it,
/// in the run's name; resuming the run resumes both. Otherwise the pause is a change like any other.
final class RolloutVerbs {

    private RolloutVerbs() {}

    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            description = "Stops replacing instances where it stands.",
            footer = {"", "Example:", "  lastgood release pause -e production"})
    static final class Pause extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        Pause(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() throws InterruptedException {
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            var rollout = rollout(session);
            if (rollout.isEmpty()) {
                return new Change(tool, session, screen, where.common())
                        .mild(new ChangePlanner.Request.PauseRollout(true));
            }
            var run = rollout.get();
            if (session.control().pause(run.run(), session.person(), "release pause")
                    instanceof Control.Said.No(var why)) {
                throw Failure.refused("%s: %s".formatted(run.run(), why), List.of(), "");
            }
            Unattended.hold(session, run);
            screen.data("PAUSED  %s  %s".formatted(session.service(), run.run()));
            screen.data(" undo: lastgood release resume " + session.flags());
            screen.data(" next: lastgood rollback %s --revision previous".formatted(session.flags()));
            return Exit.DONE;
        }
    }

    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            description = "Goes on replacing instances.",
            footer = {"", "Example:", "  lastgood release resume -e production"})
    static final class Resume extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        Resume(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() throws InterruptedException {
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            var rollout = rollout(session);
            if (rollout.isEmpty()) {
                return new Change(tool, session, screen, where.common())
                        .mild(new ChangePlanner.Request.PauseRollout(false));
            }
            return resume(session, screen, rollout.get());
        }

        private Exit resume(Session session, Screen screen, Runs.Listed.Known run) throws InterruptedException {
            if (session.control().resume(run.run(), session.person(), "release resume")
                    instanceof Control.Said.No(var why)) {
                throw Failure.refused("%s: %s".formatted(run.run(), why), List.of(), "");
            }
            return new lastgood.cli.run.Carry(tool, session, screen, where.common()).on(run.run());
        }
    }

    private static java.util.Optional<Runs.Listed.Known> rollout(Session session) {
        return session.runs()
                .active(session.service())
                .filter(r -> r.state().opened().kind() == Plan.Kind.ROLLOUT);
    }
}
