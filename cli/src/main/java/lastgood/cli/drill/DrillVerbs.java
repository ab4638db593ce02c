package lastgood.cli.drill;

import java.time.Duration;
import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Consent;
import lastgood.cli.run.Consent.Danger;
import lastgood.cli.run.ConsentOptions;
import lastgood.config.Durations;
import lastgood.core.Words;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Breaking it on purpose.
@Command(
        name = "drill",
        mixinStandardHelpOptions = true,
        description = "Breaks a service on purpose, to practise. Every fault ends by itself.")
public final class DrillVerbs extends Verb {

    private final Tool tool;

    public DrillVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new Inject(tool), new Stop(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    @Command(
            name = "inject",
            mixinStandardHelpOptions = true,
            description =
                    "Makes requests fail or slow, or ends instances. In a protected environment only with --confirm.",
            footer = {
                "",
                "Examples:",
                "  lastgood drill inject -e staging --error-rate 10",
                "  lastgood drill inject -e staging --latency 2s --for 10m",
                "  lastgood drill inject -e staging --kill 1"
            })
    private static final class Inject extends Verb {

        private static final Duration LONGEST = Duration.ofHours(1);

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Mixin
        private ConsentOptions consent = new ConsentOptions();

        @Option(
                names = "--error-rate",
                paramLabel = "PERCENT",
                description = "how many of a hundred requests get an error")
        private double errorRate;

        @Option(names = "--latency", paramLabel = "TIME", description = "added to each request, such as 2s")
        private @Nullable String latency;

        @Option(names = "--kill", paramLabel = "N", description = "instances to end at once, as a crash would")
        private int kill;

        @Option(names = "--for", paramLabel = "TIME", description = "until it ends by itself (default: 5m, at most 1h)")
        private String span = "5m";

        Inject(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var added = latency == null ? Duration.ZERO : duration("--latency", latency);
            var expires = duration("--for", span);
            check(added, expires);
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            agree(session, screen);
            tool.ensureAgent(session, screen);
            session.faults().inject(session.service(), errorRate, added, kill, expires);
            screen.data("INJECTED  %s  %s".formatted(session.service(), words(added)));
            screen.data(" ends by itself in %s".formatted(Words.duration(expires)));
            screen.data(" undo: lastgood drill stop " + session.flags());
            screen.data(" next: lastgood status %s, then lastgood rollback %s --revision previous"
                    .formatted(session.flags(), session.flags()));
            return Exit.DONE;
        }

        private void check(Duration added, Duration expires) {
            if (errorRate < 0 || errorRate > 100) {
                throw Failure.usage("--error-rate is %s".formatted(errorRate), "0 to 100");
            }
            if (kill < 0) {
                throw Failure.usage("--kill is %d".formatted(kill), "1 or more");
            }
            if (expires.compareTo(LONGEST) > 0 || !expires.isPositive()) {
                throw Failure.usage("--for is %s".formatted(Words.duration(expires)), "more than 0, at most 1h");
            }
            if (errorRate == 0 && added.isZero() && kill == 0) {
                throw Failure.usage("it was not said what to break", "--error-rate 10, --latency 2s or --kill 1");
            }
        }

        private void agree(Session session, Screen screen) {
            new Consent(screen, session, consent)
                    .require(
                            session.isProtected() ? Danger.SEVERE : Danger.MILD,
                            List.of(),
                            "%s is protected, and this hurts its users"
                                    .formatted(session.service().environment()),
                            "lastgood drill inject %s …".formatted(session.flags()));
        }

        private String words(Duration added) {
            var words = new java.util.ArrayList<String>();
            if (errorRate > 0) {
                words.add("%s%% of requests fail".formatted(errorRate));
            }
            if (added.isPositive()) {
                words.add("each takes %s longer".formatted(Words.duration(added)));
            }
            if (kill > 0) {
                words.add("%s ended".formatted(Words.count(kill, "instance")));
            }
            return String.join(", ", words);
        }

        private static Duration duration(String flag, String text) {
            return Durations.parseFlag(text).orElse(bad -> {
                throw Failure.usage("%s: %s".formatted(flag, Screen.plain(bad.fact())), bad.hint());
            });
        }
    }

    @Command(
            name = "stop",
            mixinStandardHelpOptions = true,
            description = "Ends every fault at once.",
            footer = {"", "Example:", "  lastgood drill stop -e staging"})
    private static final class Stop extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        Stop(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var session = tool.session(where);
            session.faults().clear(session.service());
            tool.screen(where.common()).data("no faults any more in %s".formatted(session.service()));
            return Exit.DONE;
        }
    }
}
