package lastgood.cli;

import java.util.ArrayList;
import java.util.List;
import lastgood.cli.out.Screen;
import lastgood.core.InvalidName;
import lastgood.engine.journal.Damaged;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Whatever goes wrong ends here as a fact, its consequence and a way on. A stack trace is for us, not for people:
/// `LASTGOOD_DEBUG=1` prints it.
final class Errors implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private static final String DEBUG = "LASTGOOD_DEBUG";

    private final Host host;
    private final Screen screen;

    Errors(Host host) {
        this.host = host;
        this.screen = new Screen(host.streams(), host.variables(), false, false);
    }

    Screen screen() {
        return screen;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        debug(e);
        if (e.getCause() instanceof InvalidName invalid) {
            return print(failure(invalid));
        }
        var line = e.getCommandLine();
        var lines = new ArrayList<String>();
        var message = String.valueOf(e.getMessage()).lines().toList();
        lines.add(lowerFirst(Screen.plain(message.getFirst())));
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
            if (line.getParent() == null && !unmatched.isUnknownOption()) {
                lines.set(
                        0,
                        "there is no verb `%s`"
                                .formatted(Screen.plain(unmatched.getUnmatched().getFirst())));
            }
            unmatched.getSuggestions().stream().limit(1).forEach(s -> lines.add("did you mean `%s`?".formatted(s)));
        }
        return print(new Failure(
                Exit.USAGE,
                lines.getFirst(),
                lines.subList(1, lines.size()),
                Failure.NOTHING_CHANGED,
                "%s --help".formatted(line.getCommandSpec().qualifiedName())));
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult result) throws Exception {
        debug(e);
        if (e instanceof ParameterException p) {
            return handleParseException(p, new String[0]);
        }
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return Exit.INTERRUPTED.code();
        }
        return print(failure(e));
    }

    private int print(Failure failure) {
        screen.error(failure.lines());
        return failure.exit().code();
    }

    private static Failure failure(Exception e) {
        return switch (e) {
            case Failure failure -> failure;
            case InvalidName invalid -> Failure.usage(String.valueOf(invalid.getMessage()), "");
            case Forbidden f -> ofLines(Exit.UNREACHABLE, f.getMessage());
            case Unreachable u -> ofLines(Exit.UNREACHABLE, u.getMessage());
            case WorldMoved w ->
                new Failure(Exit.REFUSED, "%s; it changed while we looked".formatted(w.getMessage()), "run it again");
            case Damaged d -> ofLines(Exit.NEEDS_PERSON, d.getMessage());
            default ->
                new Failure(
                        Exit.FAILED,
                        "a mistake in lastgood itself: %s"
                                .formatted(Screen.plain(
                                        e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())),
                        List.of(),
                        "what was done up to here is in the journal: `lastgood status` tells",
                        "please report it with the output of %s=1".formatted(DEBUG));
        };
    }

    /// Such messages come with their own consequence and hint.
    private static Failure ofLines(Exit exit, String message) {
        var lines = message.lines().map(Screen::plain).toList();
        var first = lines.isEmpty() ? "it could not be done" : lines.getFirst();
        var hints = lines.stream().filter(l -> l.startsWith("hint: ")).toList();
        var rest = lines.stream().skip(1).filter(l -> !l.startsWith("hint: ")).toList();
        return new Failure(
                exit,
                first,
                List.of(),
                rest.isEmpty() ? Failure.NOTHING_CHANGED : String.join("\n", rest),
                hints.isEmpty() ? "" : hints.getFirst().substring("hint: ".length()));
    }

    private void debug(Exception e) {
        if (host.variables().containsKey(DEBUG)) {
            e.printStackTrace(host.streams().err());
        }
    }

    private static String lowerFirst(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
