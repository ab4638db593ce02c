package lastgood.local.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;

/// Contents under their digests. What is taken out is held against its name, so a damaged object is found before
/// it runs, not after.
public final class ObjectStore {

    private static final int CHUNK = 1 << 16;
    private static final int MANIFEST_BYTES_MAX = 1 << 20;

    private final DataFolder data;

    public ObjectStore(DataFolder data) {
        this.data = data;
    }

    public Digest put(byte[] content) throws IOException {
        var digest = Digest.of(content);
        if (damage(digest).isPresent()) {
            Durable.write(data.object(digest), content, "r--------");
        }
        return digest;
    }

    /// Copies a file in. The digest is of what was copied, also if somebody writes to the file meanwhile.
    public Digest put(Path source) throws IOException {
        Files.createDirectories(data.objects());
        var draft = Durable.draft(data.objects().resolve("incoming"));
        try {
            var digest = copy(source, draft);
            if (damage(digest).isPresent()) {
                Durable.sync(draft);
                Durable.permit(draft, "r--------");
                Files.createDirectories(Durable.parent(data.object(digest)));
                Durable.publish(draft, data.object(digest));
            }
            return digest;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /// Why the object cannot be used, if it cannot.
    public Optional<String> damage(Digest digest) {
        try (var in = Files.newInputStream(data.object(digest))) {
            var found = copy(in, OutputStream.nullOutputStream());
            return found.equals(digest)
                    ? Optional.empty()
                    : Optional.of("is damaged: its content has the digest " + found.brief());
        } catch (NoSuchFileException _) {
            return Optional.of("is gone from the store");
        } catch (IOException e) {
            return Optional.of("cannot be read: " + e.getMessage());
        }
    }

    public Manifest manifest(Digest revision) throws IOException {
        var file = data.object(revision);
        if (Files.size(file) > MANIFEST_BYTES_MAX) {
            throw new IOException("no manifest is that large: " + file);
        }
        var content = Files.readAllBytes(file);
        if (!Digest.of(content).equals(revision)) {
            throw new IOException("the manifest of %s is damaged".formatted(revision.brief()));
        }
        return Manifest.read(content);
    }

    /// Why the revision could not run, if it could not.
    public Optional<String> missing(Digest revision) {
        var damage = damage(revision);
        if (damage.isPresent()) {
            return damage.map(d -> "the manifest %s %s".formatted(revision.brief(), d));
        }
        try {
            return manifest(revision).parts().entrySet().stream()
                    .flatMap(part -> damage(part.getValue()).map(d -> part.getKey() + " " + d).stream())
                    .findFirst();
        } catch (IOException | RuntimeException e) {
            return Optional.of("the manifest %s cannot be understood: %s".formatted(revision.brief(), e.getMessage()));
        }
    }

    /// Copies an object out, and fails if it is not what its name says.
    public void copyTo(Digest digest, Path target, boolean executable) throws IOException {
        Files.deleteIfExists(target);
        var copied = copy(data.object(digest), target);
        if (!copied.equals(digest)) {
            Files.deleteIfExists(target);
            throw new IOException("object %s is damaged".formatted(digest.brief()));
        }
        Durable.permit(target, executable ? "rwx------" : "rw-------");
    }

    private static Digest copy(Path source, Path target) throws IOException {
        try (var in = Files.newInputStream(source);
                var out = Channels.newOutputStream(
                        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            return copy(in, out);
        }
    }

    private static Digest copy(InputStream in, OutputStream out) throws IOException {
        var sha256 = Digest.sha256();
        var chunk = new byte[CHUNK];
        for (var n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            sha256.update(chunk, 0, n);
            out.write(chunk, 0, n);
        }
        return new Digest("sha256:" + HexFormat.of().formatHex(sha256.digest()));
    }
}
