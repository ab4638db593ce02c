package lastgood.cli.shim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.out.Data;
import lastgood.core.Digest;
import org.jspecify.annotations.Nullable;

/// Puts wrappers where a team's scripts are, keeps what stood there, and puts it back byte for byte.
///
/// `.lastgood-shim/` holds the originals under their own paths and a list of what was written (path, digest of the
/// wrapper, mode of the original). A wrapper whose digest is not in the list any more was edited by somebody; it is
/// left alone unless told otherwise. Installing twice is installing once: a wrapper of ours is never kept as an
/// original.
final class Shims {

    private static final String FOLDER = ".lastgood-shim";
    private static final String LIST = "installed.json";
    private static final String EXECUTABLE = "rwxr-xr-x";

    private final Path folder;

    Shims(Path folder) {
        this.folder = folder;
    }

    /// One wrapper and how it stands.
    record Installed(String path, boolean hadOriginal, boolean edited) {}

    List<String> install(SortedMap<String, String> wrappers, boolean force) {
        requireFolder();
        var list = list();
        refuseEdited(list, force);
        var said = new ArrayList<String>();
        try {
            for (var wrapper : wrappers.entrySet()) {
                said.add(install(list, wrapper.getKey(), wrapper.getValue()));
                // After each file, so that a crash in the middle leaves nothing that uninstall does not know.
                save(list);
            }
        } catch (IOException e) {
            throw failed(e);
        }
        return said;
    }

    private String install(ObjectNode list, String path, String content) throws IOException {
        var file = folder.resolve(path);
        var known = list.path(path);
        var original = folder.resolve(FOLDER).resolve(path);
        var had = known.path("original").asBoolean();
        if (known.isMissingNode()) {
            had = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            if (had) {
                Files.createDirectories(original.getParent());
                Files.move(file, original);
            }
        }
        list.set(
                path,
                Data.object()
                        .put("original", had)
                        .put("digest", Digest.of(content).text()));
        save(list);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(EXECUTABLE));
        return "%s%s".formatted(path, had ? "  (the original is kept)" : "");
    }

    List<String> uninstall(boolean force) {
        requireFolder();
        var list = list();
        refuseEdited(list, force);
        var said = new ArrayList<String>();
        try {
            for (var path : names(list)) {
                said.add(uninstall(path));
                list.remove(path);
                save(list);
            }
            clean();
        } catch (IOException e) {
            throw failed(e);
        }
        return said;
    }

    private String uninstall(String path) throws IOException {
        var file = folder.resolve(path);
        var original = folder.resolve(FOLDER).resolve(path);
        if (Files.exists(original, LinkOption.NOFOLLOW_LINKS)) {
            // A move keeps bytes, mode and time.
            Files.deleteIfExists(file);
            Files.move(original, file);
            return path + "  (the original is back)";
        }
        Files.deleteIfExists(file);
        removeIfEmpty(file.getParent());
        return path + "  (removed)";
    }

    List<Installed> installed() {
        var list = list();
        return names(list).stream()
                .map(p -> new Installed(p, list.path(p).path("original").asBoolean(), edited(list, p)))
                .toList();
    }

    // ---- what was written

    private void refuseEdited(ObjectNode list, boolean force) {
        var edited = names(list).stream().filter(p -> edited(list, p)).toList();
        if (!edited.isEmpty() && !force) {
            throw Failure.refused(
                    "somebody edited what the shim wrote, and it would be lost",
                    edited,
                    "keep a copy of it, then say --force");
        }
    }

    private boolean edited(ObjectNode list, String path) {
        try {
            var file = folder.resolve(path);
            return Files.exists(file)
                    && !Digest.of(Files.readAllBytes(file))
                            .text()
                            .equals(list.path(path).path("digest").asText());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private ObjectNode list() {
        try {
            var file = folder.resolve(FOLDER).resolve(LIST);
            JsonNode read = Files.exists(file) ? Data.parse(Files.readString(file)) : Data.object();
            return read instanceof ObjectNode object ? object : Data.object();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void save(ObjectNode list) throws IOException {
        Files.createDirectories(folder.resolve(FOLDER));
        Files.writeString(folder.resolve(FOLDER).resolve(LIST), Data.json(list) + "\n");
    }

    private static List<String> names(ObjectNode list) {
        var names = new ArrayList<String>();
        list.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /// What we made for ourselves; folders that hold anything stay.
    private void clean() throws IOException {
        Files.deleteIfExists(folder.resolve(FOLDER).resolve(LIST));
        try (var left = Files.walk(folder.resolve(FOLDER))) {
            for (var path : left.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (Files.isDirectory(path)) {
                    removeIfEmpty(path);
                }
            }
        }
    }

    /// That folder and those above it, up to ours.
    private void removeIfEmpty(@Nullable Path path) throws IOException {
        var at = path;
        while (at != null && !at.equals(folder) && at.startsWith(folder) && isEmptyFolder(at)) {
            Files.delete(at);
            at = at.getParent();
        }
    }

    private static boolean isEmptyFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (var entries = Files.list(path)) {
            return entries.findAny().isEmpty();
        }
    }

    private void requireFolder() {
        if (!Files.isDirectory(folder)) {
            throw Failure.usage("there is no folder %s".formatted(folder), "name the folder that `scripts/` is in");
        }
    }

    private static Failure failed(IOException e) {
        return new Failure(
                Exit.UNREACHABLE,
                "could not write the scripts: %s".formatted(e.getMessage()),
                List.of(),
                "what was moved so far is listed by `lastgood shim list`",
                "mend that and say it again: it goes on from there");
    }
}
