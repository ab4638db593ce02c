package lastgood.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Where the program starts.
@Command(
        name = "lastgood",
        mixinStandardHelpOptions = true,
        version = "lastgood 0.1.0-SNAPSHOT",
        description = "Puts a broken service back on its last known good release.")
public final class Main implements Runnable {

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /// The whole program but its end: [Training] calls it several times in one JVM.
    static int run(String... args) {
        return new CommandLine(new Main()).execute(args);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
