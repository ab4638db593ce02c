package lastgood.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import lastgood.bench.detect.BenchDetect;
import lastgood.bench.detect.Options;
import lastgood.cli.Exit;
import lastgood.cli.Verb;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures what this program claims, on the machine of whoever doubts it.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures what this program claims, on this machine.",
        footer = {"", "Example:", "  lastgood bench detect --quick"})
final class BenchCommand extends Verb {

    private final ThisMachine machine;

    BenchCommand(ThisMachine machine) {
        this.machine = machine;
    }

    @Override
    public List<Verb> below() {
        return List.of(new Detect(machine));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    @Command(
            name = "detect",
            mixinStandardHelpOptions = true,
            description = {
                "Runs the detector and the rules of its peers on the same simulated releases, and says who raised",
                "false alarms, who found what, and how long that took. The same seed gives the same streams."
            },
            footer = {
                "",
                "Examples:",
                "  lastgood bench detect --quick            in about a minute",
                "  lastgood bench detect --out figures      with detect.json and detect.svg"
            })
    private static final class Detect extends Verb {

        private final ThisMachine machine;

        @Option(names = "--quick", description = "fewer releases, about a minute")
        private boolean quick;

        @Option(names = "--seed", paramLabel = "N", description = "of the streams (default: the documentation's)")
        private long seed = Options.SEED;

        @Option(names = "--out", paramLabel = "DIR", description = "where detect.json and detect.svg go")
        private @Nullable Path out;

        Detect(ThisMachine machine) {
            this.machine = machine;
        }

        @Override
        public Exit say() {
            var folder = Optional.ofNullable(out).map(machine.workingFolder()::resolve);
            BenchDetect.run(new Options(quick, seed, folder), machine.streams().out());
            return Exit.DONE;
        }
    }
}
