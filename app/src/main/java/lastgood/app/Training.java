package lastgood.app;

import java.util.List;

/// Runs the usual commands once, so that the JVM can keep the classes they load in a start-up cache (an AOT cache);
/// `./lastgood` makes one right after a build. A class that no line here loads is loaded the slow way, every time.
///
/// Lines must change nothing, reach nothing outside this machine and end by themselves.
public final class Training {

    private static final List<String> LINES = List.of("--help", "--version");

    private Training() {}

    public static void main(String[] args) {
        for (String line : LINES) {
            Main.run(line.split(" "));
        }
    }
}
