package lastgood.local.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Starts things that must not get the Ctrl-C meant for whoever started them: in a session of their own.
public final class Session {

    /// Without setsid(1), as on macOS: the interrupt still arrives and is ignored, which a program inherits.
    private static final List<String> DEAF = List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");

    private Session() {}

    /// The command in a session of its own; the process keeps its number, since setsid(1) execs when it can.
    public static List<String> own(List<String> command) {
        var all = new ArrayList<String>(find("setsid", System.getenv("PATH"))
                .map(p -> List.of(p.toString()))
                .orElse(DEAF));
        all.addAll(command);
        return all;
    }

    /// Where a program is, as exec would find it.
    public static Optional<Path> find(String program, String path) {
        for (var folder : path.split(File.pathSeparator, -1)) {
            var candidate = Path.of(folder.isEmpty() ? "." : folder).resolve(program);
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
