package lastgood.postgres.salvage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.data.RowCounts;
import lastgood.engine.port.Forbidden;
import org.jspecify.annotations.Nullable;

/// What is to be put back, row by row, in a file of its own. Its name is the digest of its content, and that is what a
/// plan names: what was shown is what is done, and a spool that was changed is not used.
///
/// It holds rows of users', so nobody but its owner may read it.
final class Spool {

    private static final ObjectMapper JSON =
            new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    private final Path folder;

    Spool(Path folder) {
        this.folder = folder;
    }

    /// One line; exactly one of the parts is there.
    record Line(
            @Nullable Head head,
            @Nullable Entry table,
            @Nullable Planned row,
            @Nullable Disputed conflict,
            @Nullable Counted counted) {

        static Line of(Head head) {
            return new Line(head, null, null, null, null);
        }

        static Line of(Entry table) {
            return new Line(null, table, null, null, null);
        }

        static Line of(Planned row) {
            return new Line(null, null, row, null, null);
        }

        static Line of(Disputed conflict) {
            return new Line(null, null, null, conflict, null);
        }

        static Line of(Counted counted) {
            return new Line(null, null, null, null, counted);
        }
    }

    record Head(int version, String scratch, String point) {}

    /// @param index by which rows name their table
    record Entry(int index, String schema, String name, List<String> key, List<Typed> columns) {
        String title() {
            return schema + "." + name;
        }
    }

    /// @param type that the column had before the damage
    record Typed(String name, String type) {}

    enum What {
        INSERT,
        UPDATE,
        DELETE
    }

    /// @param n unique in the spool
    /// @param mask a `1` for each column that is written
    /// @param values of all columns; those that are not written are null
    /// @param stamp of the row as it was seen; empty if there was none
    record Planned(
            int table, long n, What what, List<String> key, String mask, List<@Nullable String> values, String stamp) {}

    record Disputed(String table, String key, String why, String before, String damaged, String now) {}

    record Counted(String table, long repaired, long kept, long conflicts, long lost) {
        RowCounts counts() {
            return new RowCounts(table, repaired, kept, conflicts, lost);
        }
    }

    /// What does not grow with the rows.
    record Outline(Head head, SortedMap<Integer, Entry> tables, List<Counted> counted) {}

    interface Reader {
        void line(Line line) throws java.sql.SQLException;
    }

    Path fileOf(Digest digest) {
        return folder.resolve(digest.text().replace(':', '-') + ".jsonl");
    }

    Writer begin() {
        try {
            Files.createDirectories(folder);
            return new Writer(Files.createTempFile(folder, "unfinished-", ".jsonl"));
        } catch (IOException e) {
            throw cannot("write", e);
        }
    }

    /// What it comes to, if it is there and is what its name says.
    Optional<Outline> outline(Digest digest) {
        var file = fileOf(digest);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        var tables = new TreeMap<Integer, Entry>();
        var counted = new java.util.ArrayList<Counted>();
        var head = new Head[1];
        try {
            if (!digestOf(file).equals(digest)) {
                return Optional.empty();
            }
            read(file, line -> {
                if (line.head() != null) {
                    head[0] = line.head();
                } else if (line.table() != null) {
                    tables.put(line.table().index(), line.table());
                } else if (line.counted() != null) {
                    counted.add(line.counted());
                }
            });
        } catch (IOException e) {
            throw cannot("read", e);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
        return Optional.of(new Outline(head[0], tables, List.copyOf(counted)));
    }

    void read(Digest digest, Reader reader) throws java.sql.SQLException {
        try {
            read(fileOf(digest), reader);
        } catch (IOException e) {
            throw cannot("read", e);
        }
    }

    static void read(Path file, Reader reader) throws IOException, java.sql.SQLException {
        try (var lines = new BufferedReader(new InputStreamReader(Files.newInputStream(file), UTF_8), 1 << 16)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                reader.line(JSON.readValue(line, Line.class));
            }
        }
    }

    private static Digest digestOf(Path file) throws IOException {
        var sha = Digest.sha256();
        try (var in = new DigestInputStream(Files.newInputStream(file), sha)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return new Digest("sha256:" + HexFormat.of().formatHex(sha.digest()));
    }

    static Forbidden cannot(String verb, IOException e) {
        return new Forbidden(
                "could not %s what is to be put back: %s\nnothing was changed\nhint: is there room on the disk?"
                        .formatted(verb, e.getMessage()));
    }

    /// A spool that is not finished has no name that anybody looks for.
    final class Writer implements AutoCloseable {
        private final Path file;
        private final BufferedWriter out;

        private Writer(Path file) throws IOException {
            this.file = file;
            this.out = new BufferedWriter(new OutputStreamWriter(Files.newOutputStream(file), UTF_8), 1 << 16);
        }

        Path file() {
            return file;
        }

        void write(Line line) {
            try {
                out.write(JSON.writeValueAsString(line));
                out.write('\n');
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            } catch (IOException e) {
                throw cannot("write", e);
            }
        }

        void flush() {
            try {
                out.flush();
            } catch (IOException e) {
                throw cannot("write", e);
            }
        }

        Digest finish() {
            try {
                out.close();
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                var digest = digestOf(file);
                Files.move(file, fileOf(digest), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                return digest;
            } catch (IOException e) {
                throw cannot("write", e);
            }
        }

        /// Throws away what was not finished.
        @Override
        public void close() {
            try {
                out.close();
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw cannot("write", e);
            }
        }
    }
}
