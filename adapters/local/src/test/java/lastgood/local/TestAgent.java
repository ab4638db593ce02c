package lastgood.local;

import java.nio.file.Path;
import java.util.List;

/// An agent in a process of its own: `DIR UNTIL COMMAND...`, where the rest is how to start it again.
public final class TestAgent {

    private TestAgent() {}

    public static void main(String[] args) {
        LocalAgent.runUntilStopped(
                new LocalAgent.Options(
                        Path.of(args[0]), World.java(TestAgent.class, args), args[1].equals("-") ? "" : args[1]),
                () -> {});
        System.exit(0);
    }

    static List<String> command(Path data, String until) {
        return World.java(TestAgent.class, data.toString(), until);
    }
}
