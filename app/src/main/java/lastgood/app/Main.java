package lastgood.app;

import java.util.List;
import lastgood.cli.Cli;

/// Where the program starts.
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /// The whole program but its end: [Training] calls it several times in one JVM.
    static int run(String... args) {
        return run(new ThisMachine(System.getenv()), args);
    }

    /// Ends the machine as well.
    static int run(ThisMachine machine, String... args) {
        try (machine) {
            return new Cli(machine, List.of(new DemoCommand(machine), new BenchCommand(machine))).run(args);
        }
    }
}
