package lastgood.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the configuration file: `--config`, then `LASTGOOD_CONFIG`, then `lastgood.yaml` in the working folder or
/// the nearest folder above it.
public final class Discovery {

    public static final String FILE = "lastgood.yaml";
    public static final String FLAG = "--config";
    public static final String VARIABLE = "LASTGOOD_CONFIG";

    private Discovery() {}

    /// Where the file is.
    public sealed interface Found {

        /// @param name how messages call it: relative to the working folder where it was found by searching
        /// @param because how we came to it
        record At(Path file, String name, Origin because) implements Found {}

        /// There is none, or none that may be used.
        record Nowhere(Problem problem) implements Found {}
    }

    /// @param flag the value of `--config`; null: not given
    /// @param variables the environment of the process
    /// @param workingFolder where the search begins
    public static Found find(@Nullable String flag, Map<String, String> variables, Path workingFolder) {
        var variable = variables.getOrDefault(VARIABLE, "");
        if (flag != null) {
            return named(flag, new Origin.Flag(FLAG), workingFolder);
        }
        return variable.isBlank()
                ? search(workingFolder)
                : named(variable, new Origin.Variable(VARIABLE), workingFolder);
    }

    private static Found named(String text, Origin because, Path workingFolder) {
        try {
            var file = workingFolder.resolve(text);
            return Files.isRegularFile(file)
                    ? new Found.At(file, text, because)
                    : nowhere(because, "there is no file `%s`".formatted(Shown.text(text)), "");
        } catch (InvalidPathException notAPath) {
            return nowhere(because, "`%s` is not a path".formatted(Shown.text(text)), "");
        }
    }

    private static Found search(Path workingFolder) {
        var start = workingFolder.toAbsolutePath().normalize();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            var file = folder.resolve(FILE);
            if (Files.isRegularFile(file)) {
                return found(start, file);
            }
        }
        return nowhere(
                new Origin.WholeFile(FILE),
                "not found in this folder or any above it",
                "write one with `lastgood config init`, or name one with " + FLAG);
    }

    private static Found found(Path start, Path file) {
        var name = start.relativize(file).toString();
        // The file says which commands to run. One that somebody else has put above us, in a folder where anybody
        // may write (/tmp), must not be picked up by chance.
        if (!file.equals(start.resolve(FILE)) && someoneElses(start, file)) {
            return nowhere(
                    new Origin.WholeFile(name),
                    "this file belongs to another user than the folder you are in, so it was not used",
                    "if you trust it: %s %s".formatted(FLAG, name));
        }
        return new Found.At(file, name, new Origin.Inferred("the nearest folder that has one"));
    }

    private static boolean someoneElses(Path folder, Path file) {
        try {
            var owner = Files.getOwner(file);
            return !owner.equals(Files.getOwner(folder)) && !owner.getName().equals("root");
        } catch (IOException | UnsupportedOperationException unknown) {
            return true;
        }
    }

    private static Found nowhere(Origin where, String fact, String hint) {
        return new Found.Nowhere(new Problem(where, "", fact, hint));
    }
}
