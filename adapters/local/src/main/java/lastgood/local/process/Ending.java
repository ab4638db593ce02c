package lastgood.local.process;

import java.time.Duration;

/// Ends processes: asks first, then makes them.
public final class Ending {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    /// After SIGKILL a process is gone at once, unless the kernel is stuck in its disk or network.
    private static final Duration KILLED_WITHIN = Duration.ofSeconds(5);

    private Ending() {}

    /// @return whether it is gone
    public static boolean end(ProcessId process, Duration within) throws InterruptedException {
        process.handle().ifPresent(ProcessHandle::destroy);
        return gone(process, within) || kill(process);
    }

    public static boolean kill(ProcessId process) throws InterruptedException {
        process.handle().ifPresent(ProcessHandle::destroyForcibly);
        return gone(process, KILLED_WITHIN);
    }

    public static boolean gone(ProcessId process, Duration within) throws InterruptedException {
        var deadline = System.nanoTime() + within.toNanos();
        while (process.alive()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return true;
    }
}
