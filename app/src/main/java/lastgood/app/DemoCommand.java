package lastgood.app;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Verb;
import lastgood.cli.out.Screen;
import lastgood.config.ConfigLoader;
import lastgood.config.Loaded;
import lastgood.config.Overrides;
import lastgood.config.Resolved;
import lastgood.core.Standing;
import lastgood.demo.Demo;
import lastgood.demo.Options;
import lastgood.demo.Program;
import lastgood.demo.Scenario;
import lastgood.demo.Terminal;
import lastgood.local.LocalAgent;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Shows what this is for, in a minute, on nothing but a JDK.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Shows a rollback on this machine, in about a minute: a real service with real load is broken",
            "by a release and rolled back while the engine is killed in the middle; then it is proved that",
            "users are well again. Needs nothing but this program, leaves nothing behind."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood demo",
            "  lastgood demo --scenario blue-green",
            "  lastgood demo --keep            leaves it running to play with; lastgood demo --stop ends it",
            "  lastgood demo --json            the measured numbers, for scripts"
        })
final class DemoCommand extends Verb {

    private final ThisMachine machine;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            converter = OfScenario.class,
            description = {
                "breaking-migration (the default), corruption, app, canary, blue-green or emergency",
            })
    private Scenario scenario = Scenario.BREAKING_MIGRATION;

    @Option(names = "--json", description = "one JSON document with all measured numbers instead of the story")
    private boolean json;

    @Option(names = "--ask", description = "you give the approval, as the platform lead")
    private boolean ask;

    @Option(names = "--keep", description = "leave it running afterwards, and say what to try")
    private boolean keep;

    @Option(names = "--stop", description = "end demos that were left running")
    private boolean stop;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "the load's mix and the moment of the kill (default: chosen and printed)")
    private @Nullable Long seed;

    @Option(names = "--data", paramLabel = "DIR", description = "an empty folder to play in; it is not removed")
    private @Nullable Path data;

    @Option(names = "--no-color", description = "no colours (also: NO_COLOR)")
    private boolean noColor;

    DemoCommand(ThisMachine machine) {
        this.machine = machine;
    }

    /// `blue-green` and not `BLUE_GREEN`.
    static final class OfScenario implements ITypeConverter<Scenario> {
        @Override
        public Scenario convert(String text) {
            for (var scenario : Scenario.values()) {
                if (scenario.word().equals(text)) {
                    return scenario;
                }
            }
            throw new TypeConversionException(
                    "there is no scenario `%s`; there are %s".formatted(Screen.plain(text), Scenario.all()));
        }
    }

    @Override
    public Exit say() {
        var demo = new Demo(new ThisProgram(machine), terminal(), InstantSource.system());
        machine.onStopSignal(demo::interrupt);
        var folder = data == null ? null : machine.workingFolder().resolve(data);
        var code = stop
                ? demo.stop(folder)
                : demo.play(new Options(scenario, json, ask, keep, seed == null ? chosen() : seed, folder));
        return Exit.ofCode(code).orElse(Exit.FAILED);
    }

    /// Short enough to be typed again.
    private static long chosen() {
        return new SecureRandom().nextInt(10_000);
    }

    private Terminal terminal() {
        var streams = machine.streams();
        var screen = new Screen(streams, machine.variables(), noColor, false);
        var dumb = "dumb".equals(machine.variables().get("TERM"));
        return new Terminal(
                streams.in(),
                streams.out(),
                streams.err(),
                streams.inIsTerminal() && streams.outIsTerminal(),
                streams.outIsTerminal() && !dumb,
                screen.colorsOut(),
                streams.unicode(),
                streams.width());
    }

    /// This program, for its own demo.
    private record ThisProgram(ThisMachine machine) implements Program {

        @Override
        public List<String> command() {
            return Launch.words();
        }

        @Override
        public String self() {
            return LocalAgent.self();
        }

        @Override
        public String untilVariable() {
            return LocalAgent.UNTIL;
        }

        @Override
        public Optional<Standing> judged(Path config, String version) {
            return session(config).flatMap(session -> {
                var ledger = session.ports().ledgers().read(session.service());
                return ledger.releases().reversed().stream()
                        .filter(r -> r.version().text().equals(version))
                        .findFirst()
                        .map(r -> ledger.standing(r.number()));
            });
        }

        private Optional<Session> session(Path config) {
            if (!(new ConfigLoader().load(config) instanceof Loaded.Ok(var catalog))) {
                return Optional.empty();
            }
            var environment = catalog.environments().keySet().iterator().next();
            var service = catalog.services().iterator().next();
            return catalog.effective(environment, service, Overrides.none()) instanceof Resolved.Ok(var effective)
                    ? Optional.of(machine.open(catalog, effective))
                    : Optional.empty();
        }

        @Override
        public String launcher() {
            return String.join(" ", machine.launcher());
        }
    }
}
