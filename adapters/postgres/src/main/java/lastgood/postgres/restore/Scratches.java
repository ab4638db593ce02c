package lastgood.postgres.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import lastgood.core.Digest;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.postgres.backup.BackupProvider;
import lastgood.postgres.backup.Catalogue;
import lastgood.postgres.backup.Documents;
import lastgood.postgres.backup.Exclusively;
import lastgood.postgres.backup.Notes.Rehearsed;
import lastgood.postgres.backup.Present;
import lastgood.postgres.backup.Stored;
import lastgood.postgres.backup.Wal;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Programs;
import lastgood.postgres.server.Server;
import lastgood.postgres.sql.Sessions;

/// Restores into servers of their own, beside the live one, which is not touched.
///
/// Each scratch is a folder with the state `before` the target and, if it was asked for, a second one `after` it; the
/// backup is restored once, replayed to the first point, stopped, copied, and the copy replayed on. What it is stands
/// in `scratch.json`, written last: a folder without it is a restore that somebody died in, and is begun anew. The same
/// target finds the same scratch, in whatever process.
public final class Scratches {

    private static final String MEMO = "scratch.json";
    private static final String BEFORE = "before";
    private static final String AFTER = "after";

    /// A copy of the files on the same disk; where the file system can, it shares the blocks.
    private static final Duration COPY = Duration.ofHours(6);

    private final Path root;
    private final Catalogue catalogue;
    private final BackupProvider.Physical provider;
    private final Sessions live;
    private final Binaries binaries;
    private final Landmarks landmarks;
    private final InstantSource clock;

    /// @param root on the disk of the live data folder, if a scratch may be swapped in
    /// @param provider the catalogue's, if it is one that points in time can be reached from
    /// @param live as a superuser
    /// @param binaries of the live server's major version
    public Scratches(
            Path root,
            Catalogue catalogue,
            BackupProvider.Physical provider,
            Sessions live,
            Binaries binaries,
            Landmarks landmarks,
            InstantSource clock) {
        this.root = root.toAbsolutePath();
        this.catalogue = catalogue;
        this.provider = provider;
        this.live = live;
        this.binaries = binaries;
        this.landmarks = landmarks;
        this.clock = clock;
    }

    /// What stands in the folder.
    ///
    /// @param system, timeline of the live server when it was made
    /// @param before, after the settings that it was recovered with; `after` empty = there is none
    /// @param standby what it may not set lower than the primary
    public record Memo(
            String name,
            String kind,
            String value,
            boolean inclusive,
            String backup,
            String system,
            int timeline,
            Map<String, String> before,
            Map<String, String> after,
            Map<String, String> standby,
            String replayedTo,
            String made,
            long restoreBytes,
            long restoreMillis,
            long replayBytes,
            long replayMillis) {

        public RecoveryTarget target() {
            return new RecoveryTarget(Targets.point(kind, value), inclusive);
        }
    }

    /// Makes it, or finds it.
    ///
    /// @param after where the second state is to stop; empty = none is wanted
    /// @param backup the one to take; empty = the newest that ends before the target
    /// @throws Forbidden if the target cannot be reached, before anything is restored where that can be known
    public Scratch make(
            RecoveryTarget wanted, Optional<RecoveryTarget> after, Optional<Stored> backup, Consumer<String> progress) {
        var there = all().stream()
                .filter(m -> m.name().equals(name(landmarks.located(wanted), after, backup)))
                .findFirst();
        if (there.isPresent()) {
            return open(there.get().name(), progress);
        }
        var present = present();
        // The later one: what lies behind the second lies behind the first.
        var target = landmarks.located(
                present.isPresent()
                        ? Arrival.ensure(live, present.get(), wanted, provider.archive(), progress)
                        : wanted);
        if (present.isPresent() && after.isPresent()) {
            Arrival.ensure(live, present.get(), after.get(), provider.archive(), progress);
        }
        var name = name(target, after, backup);
        return lock(name).run("restore to scratch " + name, () -> made(name, target, after, backup, present, progress));
    }

    private static String name(RecoveryTarget target, Optional<RecoveryTarget> after, Optional<Stored> backup) {
        return "scratch-"
                + Digest.of("%s %s %s".formatted(target, after, backup.map(Stored::name)))
                        .brief();
    }

    private Optional<Present> present() {
        try {
            return Optional.of(Present.of(live));
        } catch (Unreachable _) {
            // It may be what has to be replaced: then the archive is all there is.
            return Optional.empty();
        }
    }

    private Scratch made(
            String name,
            RecoveryTarget target,
            Optional<RecoveryTarget> after,
            Optional<Stored> only,
            Optional<Present> present,
            Consumer<String> progress) {
        if (Files.exists(folder(name).resolve(MEMO))) {
            return open(name, progress);
        }
        var ground = ground(present);
        var stored = chosen(target, only, ground);
        var logBytes = ground.newest()
                .map(end -> end + ground.segmentBytes() - Wal.position(stored.startLsn()))
                .orElse(0L);
        Room.ensure(root, stored.restoredBytes(), logBytes, after.isPresent() ? 2 : 1);
        clear(name);
        var timeline = ground.history().timeline();
        var standby = present.map(Present::settings).orElse(Map.of());
        var first = settings(target, timeline, server(name, BEFORE));
        var second = after.map(t -> settings(t, timeline, server(name, AFTER))).orElse(Map.of());
        try {
            progress.accept("restoring backup %s: %s"
                    .formatted(
                            stored.name(),
                            Rehearsals.predict(catalogue, stored, toReplay(target, stored, logBytes))
                                    .words()));
            var begun = System.nanoTime();
            provider.restore(stored, server(name, BEFORE).data());
            var restored = System.nanoTime();
            progress.accept("replaying the log up to the target");
            var before = scratch(name, BEFORE);
            var standing = before.reached(before.start(first, standby), progress);
            var replayed = System.nanoTime();
            if (after.isPresent()) {
                copied(name);
                var again = before.reached(before.start(first, standby), progress);
                refuseUnlessSame(standing, again);
                var later = scratch(name, AFTER);
                later.reached(later.start(second, standby), progress);
            }
            var memo = new Memo(
                    name,
                    Targets.kind(target.point()),
                    Targets.value(target.point()),
                    target.inclusive(),
                    stored.name(),
                    ground.system(),
                    timeline,
                    first,
                    second,
                    standby,
                    standing.lsn(),
                    clock.instant().toString(),
                    stored.restoredBytes(),
                    Duration.ofNanos(restored - begun).toMillis(),
                    Math.max(0, Wal.position(standing.lsn()) - Wal.position(stored.startLsn())),
                    Duration.ofNanos(replayed - restored).toMillis());
            Documents.write(folder(name).resolve(MEMO), memo);
            catalogue.rehearsed(stored, measured(memo));
            return open(name, progress);
        } catch (RuntimeException e) {
            try {
                clear(name);
            } catch (RuntimeException cleanup) {
                e.addSuppressed(cleanup);
            }
            throw e;
        }
    }

    /// Each restore that came to its end is one more that predictions rest on; it read every file of the backup.
    private Rehearsed measured(Memo memo) {
        return new Rehearsed(
                memo.backup(),
                catalogue.provider().kind(),
                memo.made(),
                memo.restoreBytes(),
                memo.restoreMillis(),
                memo.replayBytes(),
                memo.replayMillis(),
                0);
    }

    /// At most all of the log that there is.
    private long toReplay(RecoveryTarget target, Stored stored, long logBytes) {
        return landmarks
                .before(target.point())
                .map(lsn -> Math.max(0, Wal.position(lsn) - Wal.position(stored.startLsn())))
                .map(bytes -> Math.min(bytes, logBytes))
                .orElse(logBytes);
    }

    private Map<String, String> settings(RecoveryTarget target, int timeline, Server server) {
        return RecoverySettings.of(target, timeline, provider.archive().restoreCommand(server.data()));
    }

    private static void refuseUnlessSame(ScratchServer.Standing one, ScratchServer.Standing again) {
        if (!one.lsn().equals(again.lsn())) {
            throw new IllegalStateException(
                    "the same scratch stood at %s and after a restart at %s".formatted(one.lsn(), again.lsn()));
        }
    }

    private void copied(String name) {
        var from = scratch(name, BEFORE);
        from.stop();
        Programs.run(
                        List.of(
                                "cp",
                                "--archive",
                                "--reflink=auto",
                                from.server().data().toString(),
                                server(name, AFTER).data().toString()),
                        Map.of(),
                        COPY)
                .orRefuse("copy the scratch");
    }

    private Choice.Ground ground(Optional<Present> present) {
        var names = provider.archive().names();
        if (present.isPresent()) {
            var p = present.get();
            return new Choice.Ground(p.system(), provider.archive().story(p.timeline()), names, p.segmentBytes());
        }
        var newest = catalogue.stored().stream()
                .filter(s -> !s.stopLsn().isEmpty())
                .findFirst()
                .orElseThrow(() -> new Forbidden("neither the server nor a backup of it can be reached"));
        var timeline = names.stream()
                .filter(Wal::isSegment)
                .mapToInt(n -> Integer.parseUnsignedInt(n.substring(0, 8), 16))
                .max()
                .orElse(newest.timeline());
        return new Choice.Ground(newest.system(), provider.archive().story(timeline), names, Wal.USUAL_SEGMENT_BYTES);
    }

    private Stored chosen(RecoveryTarget target, Optional<Stored> only, Choice.Ground ground) {
        var landmark = landmarks.before(target.point());
        return switch (Choice.of(catalogue.stored(), target, landmark, only, ground)) {
            case Choice.Chosen(var stored) -> stored;
            case Choice.Refused(var why) -> throw new Forbidden(why + "\nnothing was restored");
        };
    }

    /// Finds it by name and starts what does not run: after a reboot, for example.
    public Scratch open(String name, Consumer<String> progress) {
        var memo = find(name)
                .orElseThrow(() -> new Forbidden("there is no scratch %s\nhint: restore it again".formatted(name)));
        var before = opened(scratch(name, BEFORE), memo.before(), memo, progress);
        var after = memo.after().isEmpty()
                ? Optional.<Sessions>empty()
                : Optional.of(opened(scratch(name, AFTER), memo.after(), memo, progress));
        return new Scratch(
                name,
                memo.target(),
                before,
                after,
                new Scratch.Home.Servers(server(name, BEFORE), after.map(_ -> server(name, AFTER))),
                memo.replayedTo());
    }

    private Sessions opened(ScratchServer scratch, Map<String, String> recovery, Memo memo, Consumer<String> progress) {
        var running = scratch.server().running();
        var address = running.isPresent()
                ? running.get()
                        .as(live.address().role(), live.address().password())
                        .withDatabase(live.address().database())
                : scratch.start(recovery, memo.standby());
        scratch.reached(address, progress);
        return new Sessions(address, "lastgood");
    }

    /// As far as the log goes now.
    Trial trial(Stored backup, Consumer<String> progress) {
        var scratch = make(RecoveryTarget.upTo(new Point.Latest()), Optional.empty(), Optional.of(backup), progress);
        var memo = find(scratch.name()).orElseThrow();
        return new Trial(
                scratch.before(),
                memo.restoreBytes(),
                memo.restoreMillis(),
                memo.replayBytes(),
                memo.replayMillis(),
                () -> drop(scratch.name()));
    }

    public Optional<Memo> find(String name) {
        return Documents.read(folder(name).resolve(MEMO), Memo.class);
    }

    /// Newest first.
    public List<Memo> all() {
        try (var folders = Files.list(root)) {
            return folders.filter(Files::isDirectory)
                    .flatMap(f -> Documents.read(f.resolve(MEMO), Memo.class).stream())
                    .sorted(Comparator.comparing((Memo m) -> Instant.parse(m.made()))
                            .reversed())
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw new Forbidden("could not read the scratches in %s: %s".formatted(root, e.getMessage()));
        }
    }

    /// Ends and deletes it. One that is not there is gone already.
    public void drop(String name) {
        lock(name).run("drop scratch " + name, () -> {
            clear(name);
            return true;
        });
    }

    private void clear(String name) {
        try {
            for (var which : List.of(BEFORE, AFTER)) {
                ScratchServer.end(server(name, which));
            }
            // First what makes it a scratch: half of one is none.
            Files.deleteIfExists(folder(name).resolve(MEMO));
            delete(folder(name));
        } catch (IOException e) {
            throw new Forbidden("could not delete scratch %s: %s".formatted(name, e.getMessage()));
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        var all = new ArrayList<Path>();
        try (var paths = Files.walk(folder)) {
            paths.forEach(all::add);
        }
        for (var path : all.reversed()) {
            Files.deleteIfExists(path);
        }
    }

    private ScratchServer scratch(String name, String which) {
        return new ScratchServer(server(name, which), live.address());
    }

    Server server(String name, String which) {
        return new Server(binaries, folder(name).resolve(which));
    }

    Path folder(String name) {
        if (!name.matches("scratch-[0-9a-f]{12}")) {
            throw new Forbidden("`%s` is not the name of a scratch".formatted(name));
        }
        return root.resolve(name);
    }

    Exclusively lock(String name) {
        folder(name);
        return new Exclusively(root.resolve(".locks").resolve(name));
    }
}
