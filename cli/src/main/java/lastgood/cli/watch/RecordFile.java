package lastgood.cli.watch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import lastgood.cli.Exit;
import lastgood.cli.Failure;

/// Where a watch writes down what it decides on. A release that follows gets a file of its own, beside the first:
/// other questions are another recording.
final class RecordFile implements AutoCloseable {

    private final Path first;
    private int number;
    private BufferedWriter writer;

    /// @throws Failure if it cannot be written, or is there already
    RecordFile(Path first) {
        this.first = first;
        this.writer = open(first);
    }

    private static BufferedWriter open(Path file) {
        try {
            return Files.newBufferedWriter(file, UTF_8, java.nio.file.StandardOpenOption.CREATE_NEW);
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw new Failure(Exit.USAGE, "%s is there already".formatted(file), "name another file");
        } catch (IOException e) {
            throw new Failure(
                    Exit.USAGE, "could not write %s: %s".formatted(file, e.getMessage()), "name another file");
        }
    }

    /// The lines of the next recording.
    Consumer<String> begin() {
        if (number++ > 0) {
            close();
            writer = open(first.resolveSibling("%s.%d".formatted(first.getFileName(), number)));
        }
        return this::line;
    }

    private void line(String text) {
        try {
            writer.write(text);
            writer.newLine();
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("could not write down what was decided on", e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException("could not write down what was decided on", e);
        }
    }
}
