package lastgood.postgres.backup;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import lastgood.core.data.Backup;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.postgres.server.Programs;
import lastgood.postgres.sql.Sessions;

/// pgBackRest, as the team has set it up: its stanza, its repository, its retention.
///
/// Ours carry their name as an annotation, which is how the same backup is never taken twice. Taking one does not run
/// `expire`: a retention of one would delete the last verified backup for one that nobody has read yet.
public final class PgBackRest implements BackupProvider.Physical {

    /// As long as copying a large server takes.
    private static final Duration LIMIT = Duration.ofHours(12);

    /// A list of a repository that may lie in an object store.
    private static final Duration LOOK = Duration.ofMinutes(2);

    private static final String NAME = "lastgood";
    private static final String NEXT_XID = "lastgood-next-xid";

    private final Setup setup;
    private final Sessions live;

    /// @param program where it is
    /// @param config its configuration file
    /// @param variables for reaching the server, where its socket is not in the usual place
    /// @param options more words for each call, such as `--repo=2`
    public record Setup(Path program, Path config, String stanza, Map<String, String> variables, List<String> options) {
        public Setup {
            variables = Map.copyOf(variables);
            options = List.copyOf(options);
        }
    }

    public PgBackRest(Setup setup, Sessions live) {
        this.setup = setup;
        this.live = live;
    }

    @Override
    public String kind() {
        return "pgbackrest";
    }

    @Override
    public List<Stored> list() {
        var info = info();
        return each(info.path("backup"))
                .filter(b -> !b.path("error").asBoolean(false))
                .map(b -> stored(info, b))
                .toList();
    }

    private static Stored stored(JsonNode info, JsonNode b) {
        var label = b.path("label").asText();
        var system = each(info.path("db"))
                .filter(d ->
                        d.path("id").asInt() == b.path("database").path("id").asInt())
                .map(d -> d.path("system-id").asText())
                .findFirst()
                .orElse("");
        var archived = b.path("archive").path("stop").asText("");
        return new Stored(
                b.path("annotation").path(NAME).asText(label),
                label,
                system,
                archived.length() == 24 ? Integer.parseUnsignedInt(archived.substring(0, 8), 16) : 0,
                b.path("lsn").path("start").asText(""),
                b.path("lsn").path("stop").asText(""),
                b.path("annotation").path(NEXT_XID).asLong(0),
                Instant.ofEpochSecond(b.path("timestamp").path("start").asLong()),
                // It says the second in which it ended.
                Instant.ofEpochSecond(b.path("timestamp").path("stop").asLong() + 1),
                b.path("info").path("repository").path("size").asLong(),
                b.path("info").path("size").asLong(),
                Map.of("type", b.path("type").asText()));
    }

    @Override
    public Optional<String> underway(String name) {
        return info().path("status").path("lock").path("backup").path("held").asBoolean(false)
                ? Optional.of("pgBackRest is taking a backup of stanza " + setup.stanza())
                : Optional.empty();
    }

    /// A copy of everything: a chain of increments hangs on backups that may be expired, or never were verified.
    @Override
    public Stored take(String name) {
        var ended = run(
                LIMIT,
                "backup",
                "--type=full",
                "--start-fast",
                "--no-expire-auto",
                "--annotation=%s=%s".formatted(NAME, name));
        if (ended.output().contains("[050]")) {
            throw new WorldMoved(
                    "pgBackRest is at work on stanza %s already; no backup was begun".formatted(setup.stanza()));
        }
        ended.orRefuse("take backup " + name);
        var taken = named(name).orElseThrow(() -> new Forbidden("""
                        pgBackRest took a backup and its list does not name it %s
                        hint: annotations need pgBackRest 2.41 or later""".formatted(name)));
        annotate(taken);
        return named(name).orElse(taken);
    }

    private Optional<Stored> named(String name) {
        return list().stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /// Read after its end; without it the backup serves all the same, and a transaction needs a landmark.
    private void annotate(Stored taken) {
        var next = live.look("ask for the next transaction", s -> {
            try (var ask = s.createStatement();
                    var row = ask.executeQuery("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")) {
                row.next();
                return row.getString(1);
            }
        });
        run(LOOK, "annotate", "--set=" + taken.label(), "--annotation=%s=%s".formatted(NEXT_XID, next))
                .orRefuse("annotate backup " + taken.name());
    }

    /// `verify` reads the whole repository of the stanza, log included; what it says of other backups, and of the log
    /// elsewhere, is not held against this one. (It ends with 0 whatever it found.)
    @Override
    public Backup.Proof verify(Stored backup, Instant now) {
        var ended = run(LIMIT, "verify", "--output=text", "--verbose", "--log-level-console=info");
        var report = VerifyReport.of(ended.output());
        return report.wrong(backup, archive().names())
                .<Backup.Proof>map(why -> new Backup.Proof.Broken(now, why))
                .orElseGet(() -> new Backup.Proof.Verified(now, report.words()));
    }

    /// Where an earlier restore stands in the folder, only what differs is copied.
    @Override
    public void restore(Stored backup, Path into) {
        try {
            Files.createDirectories(into);
            var words = new ArrayList<>(List.of(
                    "restore", "--type=none", "--set=" + backup.label(), "--pg1-path=" + into, "--archive-mode=off"));
            if (Files.exists(into.resolve("PG_VERSION"))) {
                words.add("--delta");
            }
            run(LIMIT, words.toArray(String[]::new)).orRefuse("restore backup " + backup.name());
        } catch (IOException e) {
            throw new Forbidden("could not make the folder %s: %s".formatted(into, e.getMessage()));
        }
    }

    @Override
    public WalArchive archive() {
        return new Archive();
    }

    private final class Archive implements WalArchive {

        @Override
        public Set<String> names() {
            var id = archiveId();
            if (id.isEmpty()) {
                return Set.of();
            }
            var listed = run(LOOK, false, "repo-ls", "archive/%s/%s".formatted(setup.stanza(), id), "--recurse")
                    .orRefuse("list the archive");
            var names = new HashSet<String>();
            for (var line : listed.output().lines().toList()) {
                var file = line.strip().replaceFirst("^.*/", "");
                if (file.matches("[0-9A-F]{24}-[0-9a-f]{40}.*") && !file.contains(".partial")) {
                    names.add(file.substring(0, 24));
                } else if (file.matches("[0-9A-F]{8}\\.history")) {
                    names.add(file);
                }
            }
            return names;
        }

        @Override
        public Optional<String> history(int timeline) {
            var name = "%08X.history".formatted(timeline);
            var ended = run(LOOK, false, "repo-get", "archive/%s/%s/%s".formatted(setup.stanza(), archiveId(), name));
            return ended.code() == 0 && ended.output().contains("/") ? Optional.of(ended.output()) : Optional.empty();
        }

        @Override
        public String restoreCommand(Path data) {
            // PostgreSQL hands it to a shell.
            return "%s --config=%s --stanza=%s --pg1-path=%s %s archive-get %%f \"%%p\""
                    .formatted(
                            quoted(setup.program().toString()),
                            quoted(setup.config().toString()),
                            quoted(setup.stanza()),
                            quoted(data.toString()),
                            String.join(
                                    " ",
                                    setup.options().stream()
                                            .map(PgBackRest::quoted)
                                            .toList()));
        }
    }

    private static String quoted(String word) {
        return "'" + word.replace("%", "%%").replace("'", "'\\''") + "'";
    }

    private String archiveId() {
        return each(info().path("archive"))
                .reduce((_, last) -> last)
                .map(a -> a.path("id").asText())
                .orElse("");
    }

    private JsonNode info() {
        var ended = run(LOOK, "info", "--output=json").orRefuse("ask pgBackRest for its backups");
        var text = ended.output();
        var all = Documents.tree(text.substring(Math.max(0, text.indexOf('['))));
        return each(all)
                .filter(s -> s.path("name").asText().equals(setup.stanza()))
                .findFirst()
                .filter(s -> s.path("status").path("code").asInt() != 1)
                .orElseThrow(() -> new Forbidden("""
                        pgBackRest knows no stanza %s
                        hint: create it with `pgbackrest --stanza=%1$s stanza-create`, or check the configuration""".formatted(setup.stanza())));
    }

    private static java.util.stream.Stream<JsonNode> each(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private Programs.Ended run(Duration limit, String... words) {
        return run(limit, true, words);
    }

    /// @param stanza false: the command takes paths instead
    private Programs.Ended run(Duration limit, boolean stanza, String... words) {
        var all = new ArrayList<>(List.of(setup.program().toString(), words[0], "--config=" + setup.config()));
        if (stanza) {
            all.add("--stanza=" + setup.stanza());
        }
        all.addAll(setup.options());
        all.addAll(List.of(words).subList(1, words.length));
        var variables = new HashMap<>(setup.variables());
        variables.putIfAbsent("PGAPPNAME", "lastgood");
        return Programs.run(Programs.unprivileged(all), variables, limit);
    }
}
