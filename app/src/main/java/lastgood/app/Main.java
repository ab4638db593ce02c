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
        try (var host = new ThisMachine(System.getenv())) {
            return new Cli(host, List.of(new DemoCommand(host))).run(args);
        }
    }
}
