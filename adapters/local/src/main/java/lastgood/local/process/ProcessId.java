package lastgood.local.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A process, and not whatever gets its number after it: number and start time together.
///
/// On Linux the start is counted in ticks since boot and read from `/proc`, since the instant that Java derives from it
/// moves when the clock is set; the boot's id makes it unique across reboots. Elsewhere it is Java's instant.
///
/// @param start opaque; equal for the same process however often it is asked
public record ProcessId(long pid, String start) {

    private static final Path PROC = Path.of("/proc");
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,9})(?:@([0-9a-zA-Z:_-]{1,80}))?");

    public static ProcessId current() {
        var pid = ProcessHandle.current().pid();
        return of(pid).orElseThrow(() -> new IllegalStateException("this process cannot be found: " + pid));
    }

    /// The process that has that number now.
    public static Optional<ProcessId> of(long pid) {
        return start(pid).map(start -> new ProcessId(pid, start));
    }

    /// Reads what [#toString] writes, or a number alone, which then means whoever has it now.
    public static Optional<ProcessId> parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var pid = Long.parseLong(matcher.group(1));
        var start = matcher.group(2);
        return start == null ? of(pid) : Optional.of(new ProcessId(pid, start));
    }

    public boolean alive() {
        return start(pid).filter(start::equals).isPresent();
    }

    public Optional<ProcessHandle> handle() {
        return alive() ? ProcessHandle.of(pid) : Optional.empty();
    }

    /// For the keeper's shell: the number and the ticks, or `-` where there are none.
    public String forShell() {
        var colon = start.lastIndexOf(':');
        return "%s %s".formatted(pid, start.startsWith("ms:") ? "-" : start.substring(colon + 1));
    }

    private static Optional<String> start(long pid) {
        return Files.isReadable(PROC.resolve("self/stat")) ? fromProc(pid) : fromJava(pid);
    }

    /// `pid (name) state ... starttime`: the name may hold anything, so it is read from its last bracket on.
    private static Optional<String> fromProc(long pid) {
        try {
            var stat = Files.readString(PROC.resolve(Long.toString(pid)).resolve("stat"), ISO_8859_1);
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            var state = fields[0];
            // A zombie is dead: it only waits for its parent, which may never ask.
            if (state.equals("Z") || state.equals("X")) {
                return Optional.empty();
            }
            return Optional.of(boot() + ":" + fields[19]);
        } catch (IOException | IndexOutOfBoundsException _) {
            return Optional.empty();
        }
    }

    private static String boot() throws IOException {
        var id = PROC.resolve("sys/kernel/random/boot_id");
        return Files.isReadable(id) ? Files.readString(id).strip().toLowerCase(Locale.ROOT) : "boot";
    }

    private static Optional<String> fromJava(long pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(h -> "ms:"
                        + h.info()
                                .startInstant()
                                .map(i -> Long.toString(i.toEpochMilli()))
                                .orElse("unknown"));
    }

    @Override
    public String toString() {
        return pid + "@" + start;
    }
}
