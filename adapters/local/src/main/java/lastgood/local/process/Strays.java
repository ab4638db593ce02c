package lastgood.local.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Finds processes by a mark in the environment they were started with, which all their children inherit.
///
/// It closes two gaps: an agent killed between starting a process and writing its number down, and workers that
/// outlive the instance which started them. Only Linux shows environments; elsewhere there are no strays to find.
public final class Strays {

    /// `<data folder's id>/<instance>`
    public static final String MARK = "LASTGOOD_INSTANCE";

    private static final Path PROC = Path.of("/proc");

    private Strays() {}

    /// Living processes whose mark fits, this one never.
    public static List<ProcessId> find(Predicate<String> fits) {
        if (!Files.isReadable(PROC.resolve("self/environ"))) {
            return List.of();
        }
        var self = ProcessHandle.current().pid();
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != self)
                .filter(pid -> {
                    var mark = mark(pid);
                    return mark != null && fits.test(mark);
                })
                .flatMap(pid -> ProcessId.of(pid).stream())
                .toList();
    }

    private static @Nullable String mark(long pid) {
        try {
            var environment = Files.readString(PROC.resolve(Long.toString(pid)).resolve("environ"), ISO_8859_1);
            for (var variable : environment.split("\0", -1)) {
                if (variable.startsWith(MARK + "=")) {
                    return variable.substring(MARK.length() + 1);
                }
            }
            return null;
        } catch (IOException _) {
            return null; // somebody else's, or gone
        }
    }

    public static void kill(Predicate<String> fits) throws InterruptedException {
        for (var stray : find(fits)) {
            Ending.kill(stray);
        }
    }
}
