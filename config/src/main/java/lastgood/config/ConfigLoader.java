package lastgood.config;

import static java.nio.charset.CodingErrorAction.REPORT;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Reads a configuration file.
public final class ConfigLoader {

    /// A catalogue of 500 services has a tenth of this; a file beyond it is not one.
    public static final int BYTES_MAX = 1024 * 1024;

    /// Reads the file; messages call it by the path as given.
    public Loaded load(Path file) {
        return load(file, file.toString());
    }

    /// Reads the file; messages call it `name`.
    public Loaded load(Path file, String name) {
        try (var in = Files.newInputStream(file)) {
            var parent = file.toAbsolutePath().normalize().getParent();
            return read(name, parent == null ? file : parent, in.readNBytes(BYTES_MAX + 1));
        } catch (IOException unreadable) {
            return invalid(
                    name,
                    new Problem(
                            new Origin.WholeFile(name),
                            "",
                            "could not read the configuration: " + Reasons.of(unreadable),
                            "name another file with --config"));
        }
    }

    /// Reads text; `folder` is what relative paths in it count from.
    public Loaded parse(String name, Path folder, String text) {
        return read(name, folder, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Loaded read(String name, Path folder, byte[] bytes) {
        if (bytes.length > BYTES_MAX) {
            return invalid(
                    name, new Problem(new Origin.WholeFile(name), "", "larger than 1 MiB", "is it the right file?"));
        }
        // every byte is at most one character
        var text = CharBuffer.allocate(bytes.length);
        var rest = ByteBuffer.wrap(bytes);
        var decoder =
                StandardCharsets.UTF_8.newDecoder().onMalformedInput(REPORT).onUnmappableCharacter(REPORT);
        if (decoder.decode(rest, text, true).isError()) {
            return invalid(name, notUtf8(name, bytes, rest.position()));
        }
        return CatalogReader.read(name, folder, text.flip().toString());
    }

    private static Problem notUtf8(String name, byte[] bytes, int at) {
        var line = 1;
        var column = 1;
        for (int i = 0; i < at; i++) {
            line += bytes[i] == '\n' ? 1 : 0;
            column = bytes[i] == '\n' ? 1 : column + 1;
        }
        return new Problem(
                new Origin.InFile(name, line, column), "", "this is not UTF-8 text", "save the file as UTF-8");
    }

    private static Loaded invalid(String name, Problem problem) {
        return new Loaded.Invalid(name, List.of(problem));
    }
}
