package lastgood.engine.port;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import lastgood.core.ServiceRef;

/// Runs a command of the team's where the release it belongs to can run it: as a process on this machine, or as a Job
/// on the release's own image. A list of arguments, never a shell line.
///
/// The same key is the same command: one that already ended is not run again, its end is told again; one that still
/// runs is waited for.
public interface TeamCommands {

    /// @param image digest or version whose program it is: an undo needs the newer release's
    /// @param extra variables for it, beside those of the service
    /// @param limit longer than this, and it is ended and counts as failed
    Ended run(
            ServiceRef service,
            String image,
            List<String> words,
            Map<String, String> extra,
            Duration limit,
            Fence fence);

    /// @param code 0 = done
    /// @param lastLines of what it wrote, without secrets
    record Ended(int code, List<String> lastLines) {
        public Ended {
            lastLines = List.copyOf(lastLines);
        }
    }
}
