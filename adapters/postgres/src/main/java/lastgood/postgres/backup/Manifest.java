package lastgood.postgres.backup;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;

/// Size and SHA-256 of every file of a backup.
///
/// @param files by path below the data folder
record Manifest(SortedMap<String, Entry> files) {

    static final String FILE = "manifest.json";

    record Entry(long bytes, String sha256) {}

    static Manifest empty() {
        return new Manifest(new TreeMap<>());
    }

    void add(String path, Entry entry) {
        files.put(path, entry);
    }

    /// Of the manifest itself, kept elsewhere: a flipped bit in a checksum is not one in the data.
    @JsonIgnore
    Digest digest() {
        var text = new StringBuilder();
        files.forEach((path, e) -> text.append(path)
                .append('\0')
                .append(e.bytes())
                .append(' ')
                .append(e.sha256())
                .append('\n'));
        return Digest.of(text.toString());
    }

    /// The first file that is not as it was stored; empty = all are, and there is no other.
    Optional<String> firstDifference(Path folder) {
        for (var file : files.entrySet()) {
            try {
                var seen = DataFolder.read(folder.resolve(file.getKey()));
                if (!seen.equals(file.getValue())) {
                    return Optional.of("%s is not as it was stored".formatted(file.getKey()));
                }
            } catch (IOException _) {
                return Optional.of("%s is missing or cannot be read".formatted(file.getKey()));
            }
        }
        try (var all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(f -> folder.relativize(f).toString())
                    .filter(f -> !files.containsKey(f))
                    .findFirst()
                    .map("%s was not part of it"::formatted);
        } catch (IOException | UncheckedIOException e) {
            return Optional.of("its folder cannot be read: " + e.getMessage());
        }
    }
}
