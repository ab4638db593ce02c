package lastgood.local.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;

/// Turns what the file system says into what the engine understands, in words for the person who has to repair it.
public final class Failures {

    private Failures() {}

    /// A write that did not happen. Only for writes that take effect as a whole at their end or not at all.
    public static Forbidden forbidden(String what, IOException cause) {
        var refusal =
                new Forbidden("%s: %s\nnothing was changed\nhint: %s".formatted(what, reason(cause), hint(cause)));
        refusal.initCause(cause);
        return refusal;
    }

    /// A read that failed, or a write of which nobody knows whether it happened.
    public static Unreachable unreachable(String what, IOException cause) {
        return new Unreachable("%s: %s".formatted(what, reason(cause)), cause);
    }

    public static String reason(IOException cause) {
        var said = String.valueOf(cause.getMessage());
        var lower = said.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("quota")) {
            return "the disk is full";
        }
        if (lower.contains("read-only")) {
            return "the file system is read-only";
        }
        return switch (cause) {
            case AccessDeniedException _ -> "no permission for " + said;
            case NoSuchFileException _ -> "there is no " + said;
            default -> said;
        };
    }

    private static String hint(IOException cause) {
        return switch (reason(cause)) {
            case "the disk is full" -> "make room, or name another data folder with --data";
            case "the file system is read-only" -> "name a data folder on a writable disk with --data";
            default -> "look at the owner and the permissions of the data folder";
        };
    }
}
