package lastgood.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import lastgood.bench.detect.BenchDetect;
import lastgood.bench.detect.Options;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Verb;
import lastgood.cli.out.Screen;
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
                "  lastgood bench detect --out figures      with detect.json and detect.svg",
                "  lastgood bench detect --days 10000       nothing but false rollbacks of one service; hours",
                "  lastgood bench detect --services 10000   nothing but memory and time of so many watches"
            })
    private static final class Detect extends Verb {

        /// Some 50 kB each.
        private static final int SERVICES_MAX = 100_000;

        private final ThisMachine machine;

        @Option(names = "--quick", description = "fewer releases, about a minute")
        private boolean quick;

        @Option(names = "--seed", paramLabel = "N", description = "of the streams (default: the documentation's)")
        private long seed = Options.SEED;

        @Option(names = "--out", paramLabel = "DIR", description = "where detect.json and detect.svg go")
        private @Nullable Path out;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORMAT",
                description = "table or json; talk goes to stderr then (default: table)")
        private String output = "table";

        @Option(
                names = "--days",
                paramLabel = "N",
                description = "count false rollbacks in so many days, and nothing else")
        private int days;

        @Option(
                names = "--services",
                paramLabel = "N",
                description = "watch so many at once for an hour, and nothing else")
        private int services;

        Detect(ThisMachine machine) {
            this.machine = machine;
        }

        @Override
        public Exit say() {
            var options = new Options(quick, seed, Optional.ofNullable(out).map(machine.workingFolder()::resolve));
            var streams = machine.streams();
            if (!output.equals("table") && !output.equals("json")) {
                throw Failure.usage("-o is `%s`".formatted(Screen.plain(output)), "table or json");
            }
            if (days < 0 || services < 0 || services > SERVICES_MAX) {
                throw Failure.usage("a number is out of bounds", "--days 1 or more, --services 1 to " + SERVICES_MAX);
            }
            if (days > 0) {
                BenchDetect.days(days, seed, streams.out());
            } else if (services > 0) {
                BenchDetect.services(services, streams.out());
            } else if (output.equals("json")) {
                streams.out().print(BenchDetect.json(options, streams.err()));
            } else {
                BenchDetect.run(options, streams.out());
            }
            return Exit.DONE;
        }
    }
}
