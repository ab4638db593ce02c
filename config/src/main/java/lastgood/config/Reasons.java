package lastgood.config;

import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;

/// Why a file could not be used, in plain words: the exceptions' own messages are often just the path again.
final class Reasons {

    private Reasons() {}

    static String of(Exception failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            case InvalidPathException invalid -> "not a path";
            default -> String.valueOf(failure.getMessage());
        };
    }
}
