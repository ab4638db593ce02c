package lastgood.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import lastgood.config.DatabaseConfig.Backup;
import lastgood.config.DatabaseConfig.Integrity;
import lastgood.config.DatabaseConfig.Migrations;
import lastgood.config.DatabaseConfig.Restore;
import lastgood.config.DatabaseConfig.Sql;
import lastgood.config.DatabaseConfig.Where;
import org.jspecify.annotations.Nullable;

/// Reads the `database` block of a service.
final class DatabaseReader {

    private static final String EXEC = "exec:";
    private static final String FILE = "file:";

    /// What `comprehensive` may name beside SQL. They are always done; naming them says that somebody counts on it.
    private static final Set<String> BUILT_IN = Set.of("amcheck", "checksums");

    private final Cursor at;
    private final Path folder;
    private final boolean local;

    private DatabaseReader(Cursor at, Path folder, boolean local) {
        this.at = at;
        this.folder = folder;
        this.local = local;
    }

    /// Null if the service has none.
    ///
    /// @param folder what paths count from
    /// @param local whether the service runs on this machine
    static @Nullable DatabaseConfig read(Cursor at, Path folder, boolean local) {
        return at.at("kind").present() || at.at("url").present()
                ? new DatabaseReader(at, folder, local).read().orElse(null)
                : null;
    }

    private Optional<DatabaseConfig> read() {
        var embedded = at.at("kind").text("postgresql").equals("embedded");
        return where(embedded)
                .map(where -> new DatabaseConfig(
                        where,
                        at.at("roles").texts(),
                        migrations(at.at("migrations")),
                        backup(at.at("backup"), embedded),
                        restore(at.at("restore")),
                        integrity(at.at("integrity")),
                        path(at.at("statements")),
                        at.at("maxConnections").percent(Percent.of(80))));
    }

    private Optional<Where> where(boolean embedded) {
        var url = SecretRefs.in(at.at("url").tree());
        if (!embedded) {
            if (url.isEmpty()) {
                at.at("url")
                        .missing(
                                "nothing says where the database is",
                                "write url: {env: DATABASE_URL}, or kind: embedded on this machine");
            }
            return url.map(
                    u -> new Where.At(u, SecretRefs.in(at.at("admin").tree()).orElse(u)));
        }
        if (!local) {
            at.at("kind")
                    .problem("an embedded server is for services on this machine", "write kind: postgresql and a url");
        }
        if (url.isPresent()) {
            at.at("url").problem("an embedded server has no url of its own", "remove one of the two");
        }
        return Optional.of(new Where.Embedded());
    }

    private Migrations migrations(Cursor block) {
        return new Migrations(
                block.at("tool").text("auto"),
                path(block.at("dir")),
                command(block.at("undo")),
                command(block.at("apply")),
                command(block.at("status"), Migrations.STATUS_PLACES),
                block.at("atStart").truth(false));
    }

    private List<Template> command(Cursor command) {
        return command(command, Migrations.PLACES);
    }

    private List<Template> command(Cursor command, Set<String> places) {
        var text = command.textOrNull();
        if (text == null) {
            return List.of();
        }
        if (!text.startsWith(EXEC)) {
            command.problem("this does not say how to run it", "write exec: and the command");
            return List.of();
        }
        return command.read(t -> Words.split(t.substring(EXEC.length()).strip()), List.<String>of()).stream()
                .map(word -> LocalReader.checked(command, word, places))
                .toList();
    }

    private Backup backup(Cursor block, boolean embedded) {
        var kind = kind(block.at("kind"));
        if (kind == Backup.Kind.PGBACKREST && !block.at("stanza").present()) {
            block.at("stanza").missing("pgBackRest keeps backups under a stanza", "write stanza: NAME");
        }
        if (embedded && kind != Backup.Kind.AUTO && kind != Backup.Kind.FILES) {
            block.at("kind")
                    .problem("an embedded server is backed up by copying its files", "remove it, or write files");
        }
        if (!embedded && kind == Backup.Kind.FILES) {
            block.at("kind").problem("files are copied of an embedded server only", "write pg_dump or pgbackrest");
        }
        resource(block.at("resource"), kind);
        return new Backup(
                kind,
                block.at("stanza").textOrNull(),
                path(block.at("folder")),
                path(block.at("archive")),
                block.at("resource").textOrNull(),
                switch (block.at("beforeRollback").text("type3")) {
                    case "always" -> Backup.When.ALWAYS;
                    case "never" -> Backup.When.NEVER;
                    default -> Backup.When.TYPE_3;
                },
                block.at("maxAgeForRestore").present()
                        ? block.at("maxAgeForRestore").duration(Duration.ZERO)
                        : null);
    }

    private void resource(Cursor at, Backup.Kind kind) {
        if (kind != Backup.Kind.CNPG) {
            if (at.present()) {
                at.problem("only CloudNativePG has a resource", "write kind: cnpg, or remove it");
            }
            return;
        }
        if (local) {
            at.problem("CloudNativePG is on a cluster, and this service is on this machine", "write another kind");
        } else if (!at.present()) {
            at.missing("CloudNativePG keeps the database in a Cluster", "write resource: NAME, the Cluster's");
        }
    }

    /// The one way that there is; the other would overwrite the only copy of what was written since the backup.
    private static Restore restore(Cursor block) {
        if (block.at("mode").text("side-by-side").equals("in-place")) {
            block.at("mode")
                    .problem(
                            "this version restores nothing in place: half-way there would be neither the old database nor the new one",
                            "write side-by-side, or remove it: the state is restored beside the database, counted, and then swapped in");
        }
        return new Restore(block.at("service").textOrNull());
    }

    /// A backup that is configured and never made is worse than none, so what we cannot do is an error.
    private static Backup.Kind kind(Cursor at) {
        var word = at.text("auto");
        var known = Arrays.stream(Backup.Kind.values())
                .filter(k -> k.word().equals(word))
                .findFirst();
        if (known.isEmpty()) {
            at.problem(
                    "this version takes no backups with %s".formatted(Shown.text(word)),
                    "known: "
                            + Arrays.stream(Backup.Kind.values())
                                    .map(Backup.Kind::word)
                                    .toList());
        }
        return known.orElse(Backup.Kind.AUTO);
    }

    private static Integrity integrity(Cursor block) {
        return new Integrity(
                block.at("quick").items().flatMap(DatabaseReader::sql).toList(),
                block.at("comprehensive").items().flatMap(DatabaseReader::sql).toList());
    }

    private static Stream<Sql> sql(Cursor item) {
        var text = item.text("").strip();
        if (BUILT_IN.contains(text) || text.isEmpty()) {
            return Stream.empty();
        }
        if (!text.startsWith(FILE)) {
            return Stream.of(new Sql.Text(text));
        }
        var pattern = text.substring(FILE.length()).strip();
        if (pattern.startsWith("/") || Arrays.asList(pattern.split("/", -1)).contains("..")) {
            item.problem("this is outside the folder of the configuration file", "write a path below it");
            return Stream.empty();
        }
        return Stream.of(new Sql.Files(pattern));
    }

    private @Nullable Path path(Cursor at) {
        var text = at.textOrNull();
        if (text == null) {
            return null;
        }
        try {
            return folder.resolve(text).normalize();
        } catch (InvalidPathException _) {
            at.problem("this is not a path", "");
            return null;
        }
    }
}
