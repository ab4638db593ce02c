package lastgood.cli.run;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.out.Screen;
import lastgood.config.EnvironmentConfig;

/// Whether a person wants it, asked as loudly as it is dangerous.
///
/// - **mild**: going on, going back to how it was, in an environment that is not protected. Nothing is asked.
/// - **moderate**: everything else that can be undone, such as a rollback to a release that was good. `--yes` or an
///   answer; on a terminal in a protected environment the answer is the service's name.
/// - **severe**: what cannot be taken back or was not proved: a schema that the release was not written for, a removal,
///   a fault in a protected environment. The service's name, typed or in `--confirm`; `--yes` is not enough.
///
/// Where nobody can be asked, the answer is no, with the command that would have done it. The runbook's own scripts
/// (`shim install`) pass `--yes`, because calling `scripts/rollback.sh` *is* the decision; severe changes refuse there
/// too.
public final class Consent {

    /// How dangerous it is.
    public enum Danger {
        MILD,
        MODERATE,
        SEVERE
    }

    private final Screen screen;
    private final Subject subject;
    private final ConsentOptions options;

    public Consent(Screen screen, Session session, ConsentOptions options) {
        this(
                screen,
                new Subject(
                        "service",
                        session.service().service(),
                        session.effective().environment()),
                options);
    }

    /// About an environment as a whole: then its name is what has to be typed.
    public Consent(Screen screen, EnvironmentConfig environment, ConsentOptions options) {
        this(screen, new Subject("environment", environment.name(), environment), options);
    }

    private Consent(Screen screen, Subject subject, ConsentOptions options) {
        this.screen = screen;
        this.subject = subject;
        this.options = options;
    }

    /// @param noun what it is that has the name
    private record Subject(String noun, String name, EnvironmentConfig environment) {}

    /// @param shown what is asked about, printed before a question
    /// @param why in a severe case, what makes it so; else empty
    /// @param command that would do it without a question
    /// @throws Failure unless there is a yes
    public void require(Danger danger, List<String> shown, String why, String command) {
        var name = subject.name();
        if (options.confirm != null) {
            if (!options.confirm.equals(name)) {
                throw denied(
                        "--confirm is `%s`, and the %s is %s"
                                .formatted(Screen.plain(options.confirm), subject.noun(), name),
                        "");
            }
            return;
        }
        switch (danger) {
            case MILD -> {}
            case MODERATE -> moderate(shown, name, command);
            case SEVERE -> severe(shown, name, why, command);
        }
    }

    private void moderate(List<String> shown, String name, String command) {
        if (options.yes) {
            return;
        }
        if (!mayAsk()) {
            throw denied("nobody is there to confirm it", "%s --yes".formatted(command));
        }
        shown.forEach(screen::warn);
        if (subject.environment().isProtected()) {
            typed(name, "%s is protected".formatted(subject.environment().name()));
        } else if (!screen.saysYes("Go ahead?")) {
            throw denied("you said no", "");
        }
    }

    private void severe(List<String> shown, String name, String why, String command) {
        if (!mayAsk()) {
            throw denied(
                    "%s: it needs the %s's name as a confirmation".formatted(why, subject.noun()),
                    "%s --confirm %s".formatted(command, name));
        }
        shown.forEach(screen::warn);
        typed(name, why);
    }

    private void typed(String name, String why) {
        var answer = screen.ask("%s. Type the %s's name to go ahead:".formatted(why, subject.noun()))
                .orElse("");
        if (!answer.equals(name)) {
            throw denied(answer.isEmpty() ? "no name was typed" : "that is not %s".formatted(name), "");
        }
    }

    private boolean mayAsk() {
        return screen.canAsk() && !options.noInput;
    }

    private static Failure denied(String fact, String command) {
        return new Failure(Exit.WAITING, fact, command.isEmpty() ? "" : "to do it: " + command);
    }
}
