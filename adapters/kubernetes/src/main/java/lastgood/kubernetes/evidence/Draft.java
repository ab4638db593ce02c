package lastgood.kubernetes.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;

/// A folder that is being filled by many threads, until it is closed. What comes after that comes too late: the
/// manifest says what is in it, and nothing may be in it that the manifest does not say.
final class Draft {

    private final Path folder;
    private final TreeMap<String, String> files = new TreeMap<>();
    private final List<String> notes = new ArrayList<>();
    private boolean closed;

    Draft(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
    }

    synchronized void keep(String name, String text) throws IOException {
        if (!closed) {
            var content = text.getBytes(UTF_8);
            write(folder.resolve(name), content);
            files.put(name, Digest.of(content).text());
        }
    }

    /// Something to know of what is there.
    synchronized void note(String text) {
        if (!closed) {
            notes.add(text);
        }
    }

    synchronized void close() {
        closed = true;
    }

    synchronized SortedMap<String, String> files() {
        return new TreeMap<>(files);
    }

    synchronized List<String> notes() {
        return notes.stream().sorted().toList();
    }

    static void write(Path file, byte[] content) throws IOException {
        var above = file.getParent();
        if (above != null) {
            Files.createDirectories(above);
        }
        Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (UnsupportedOperationException _) {
            // a file system without permissions has none to set
        }
    }

    static void sync(Path fileOrFolder, StandardOpenOption how) throws IOException {
        try (var channel = FileChannel.open(fileOrFolder, how)) {
            channel.force(true);
        }
    }
}
