package lastgood.postgres.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Repairs.Swapped;
import lastgood.postgres.backup.Documents;
import lastgood.postgres.backup.Exclusively;
import lastgood.postgres.server.Server;
import lastgood.postgres.sql.Sessions;

/// Makes a scratch the live server by exchanging data folders. The old folder is renamed and kept, never deleted.
///
/// | step | how it is seen that it was done |
/// |---|---|
/// | write down who may write, and what is about to happen | `DATA.swap.json` beside the live folder |
/// | stop scratch and live | no process |
/// | rename live to the name it is kept under | the folder of that name |
/// | rename scratch to live | the marker in the folder |
/// | promote it, on a port nobody knows, and shut out whoever was shut out | `ready` in the marker |
/// | start it where everybody looks | it runs |
///
/// A step looks before it acts, so whoever repeats the swap after a crash goes on where it ended. The promotion is made
/// with the live server's archiving, because a history file that is not archived makes every later backup of the new
/// timeline useless; and not where applications can find it, because logins that a write fence took away are there
/// again in an earlier state.
public final class FolderSwap implements Swap {

    static final String MARKER = "lastgood-swap.json";
    private static final List<String> FILES_OF_TODAY =
            List.of("postgresql.conf", "pg_hba.conf", "pg_ident.conf", "postgresql.auto.conf");

    private final LiveFolder live;
    private final Scratches scratches;
    private final Faults faults;

    /// Where a test lets us die.
    @FunctionalInterface
    interface Faults {
        void at(String step);
    }

    public FolderSwap(LiveFolder live, Scratches scratches) {
        this(live, scratches, _ -> {});
    }

    FolderSwap(LiveFolder live, Scratches scratches, Faults faults) {
        this.live = live;
        this.scratches = scratches;
        this.faults = faults;
    }

    /// What is about to happen, and later: what happened.
    ///
    /// @param key of the run that does it
    /// @param limits connection limits by database
    /// @param logins by role
    /// @param ready promoted, and as shut as the old one was
    record Marker(
            String scratch,
            String keptAs,
            String key,
            String oldTimeline,
            Map<String, Integer> limits,
            Map<String, Boolean> logins,
            boolean ready) {}

    @Override
    public Swapped look(String scratch) {
        var there = marker(live.server().data());
        if (there.isPresent() && there.get().scratch().equals(scratch)) {
            return there.get().ready() && live.server().running().isPresent()
                    ? new Swapped.Done(there.get().keptAs())
                    : new Swapped.NotYet("exchanged, not open yet");
        }
        var begun = begun().filter(b -> b.scratch().equals(scratch));
        if (begun.isPresent()) {
            return new Swapped.NotYet("begun, not exchanged yet");
        }
        if (scratches.find(scratch).isEmpty()) {
            return new Swapped.Stale("scratch %s is gone; restore it again".formatted(scratch));
        }
        return live.server().running().isPresent()
                ? new Swapped.NotYet("timeline " + timeline())
                : new Swapped.NotYet("the live server does not run");
    }

    /// Whether one was begun and has not ended: whoever finds no data folder then must not make one.
    public static boolean underway(Path data) {
        return Files.exists(intent(data));
    }

    @Override
    public String swap(String scratch, String keepAs, Fence fence, Consumer<String> progress) {
        if (!keepAs.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,60}")) {
            throw new Forbidden("`%s` cannot name a folder to keep the old data in".formatted(keepAs));
        }
        return new Exclusively(sibling(live.server().data(), ".swap.lock"))
                .run("swap in " + scratch, () -> exchanged(scratch, keepAs, fence, progress));
    }

    private String exchanged(String scratch, String keepAs, Fence fence, Consumer<String> progress) {
        switch (look(scratch)) {
            case Swapped.Done(var keptAs) -> {
                return ended(scratch, keptAs);
            }
            case Swapped.Stale(var why) -> throw new WorldMoved(why + "; nothing was changed");
            case Swapped.NotYet(var _) -> {}
        }
        var data = live.server().data();
        try {
            if (marker(data).isEmpty() || !marker(data).get().scratch().equals(scratch)) {
                exchange(scratch, keepAs, fence, progress);
            }
            var marker = marker(data).orElseThrow();
            if (!marker.ready()) {
                progress.accept("promoting the scratch where nobody finds it");
                promote(marker);
                faults.at("promoted");
            }
            forget(data);
            progress.accept("starting it where everybody looks for it");
            if (live.server().running().isEmpty()) {
                live.start().run();
            }
            return ended(scratch, marker.keptAs());
        } catch (IOException e) {
            throw new Forbidden("the swap stopped: %s\nthe old data is in %s or still in place\nhint: repeat it"
                    .formatted(e, data.resolveSibling(keepAs)));
        }
    }

    private static void forget(Path data) throws IOException {
        Files.deleteIfExists(intent(data));
        Documents.syncFolder(data.toAbsolutePath().resolveSibling(""));
    }

    private String ended(String scratch, String keptAs) {
        try {
            forget(live.server().data());
        } catch (IOException e) {
            throw new Forbidden("could not delete the note of the swap: " + e.getMessage());
        }
        if (scratches.find(scratch).isPresent()) {
            // What is left of it: the state behind the damage, which the kept data hold too.
            scratches.drop(scratch);
        }
        return "the old data is kept as %s; the server is on a new timeline: take a full backup now".formatted(keptAs);
    }

    private void exchange(String scratch, String keepAs, Fence fence, Consumer<String> progress) throws IOException {
        var data = live.server().data();
        var kept = data.resolveSibling(keepAs);
        var from = scratches.server(scratch, "before");
        if (begun().isEmpty()) {
            refuseWhatCannotBeRenamed(from.data(), data, kept);
            Documents.write(intent(data), intended(scratch, keepAs, fence));
        }
        var intent = begun().orElseThrow();
        if (!intent.scratch().equals(scratch) || !intent.keptAs().equals(keepAs)) {
            throw new WorldMoved("a swap to %s that keeps the old data as %s was begun and has not ended; repeat that"
                    .formatted(intent.scratch(), intent.keptAs()));
        }
        faults.at("written down");
        progress.accept("stopping the scratch and the live server");
        // Its servers only; its files are what the users will have.
        stop(scratches.server(scratch, "after"));
        stop(from);
        if (Files.exists(data) && !Files.exists(kept)) {
            stop(live.server());
            faults.at("stopped");
            prepare(from.data(), data, intent);
            faults.at("prepared");
            if (live.server().running().isPresent()) {
                throw new WorldMoved(
                        "somebody started the live server in %s again; its data was not exchanged".formatted(data));
            }
            Files.move(data, kept, StandardCopyOption.ATOMIC_MOVE);
            Documents.syncFolder(data.toAbsolutePath().resolveSibling(""));
            faults.at("kept");
        }
        if (Files.exists(data)) {
            throw new WorldMoved("%s was made anew while the old one was put aside as %s; neither was touched"
                    .formatted(data, kept));
        }
        progress.accept("exchanging the data folders");
        Files.move(from.data(), data, StandardCopyOption.ATOMIC_MOVE);
        Documents.syncFolder(data.toAbsolutePath().resolveSibling(""));
        faults.at("exchanged");
    }

    private void refuseWhatCannotBeRenamed(Path from, Path data, Path kept) throws IOException {
        if (Files.exists(kept)) {
            throw new Forbidden("%s is there already\nnothing was changed\nhint: keep the old data under another name"
                    .formatted(kept));
        }
        if (!Files.isDirectory(from)) {
            throw new WorldMoved("the scratch has no folder %s; nothing was changed".formatted(from));
        }
        if (!Files.getFileStore(from).equals(Files.getFileStore(data))) {
            throw new Forbidden("""
                    the scratch in %s and the live data in %s are on different disks, so they cannot change places at once
                    nothing was changed
                    hint: restore into a folder on the live server's disk""".formatted(from, data));
        }
    }

    /// Read from the old server, which must run for that: who may log in is part of what a write fence took away.
    private Marker intended(String scratch, String keepAs, Fence fence) {
        if (live.server().running().isEmpty()) {
            throw new Unreachable("""
                    the live server does not run, so nobody can say who is shut out of it and has to stay so
                    nothing was changed
                    hint: start it and swap again""");
        }
        var admin = sessions();
        var logins = Logins.of(admin);
        return new Marker(scratch, keepAs, fence.key(), timeline(), logins.limits(), logins.allowed(), false);
    }

    /// Today's settings and not those of the backup; recovery goes on to the same target and then ends.
    private void prepare(Path scratch, Path data, Marker intent) throws IOException {
        for (var file : FILES_OF_TODAY) {
            if (Files.exists(data.resolve(file))) {
                Files.copy(data.resolve(file), scratch.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Documents.write(scratch.resolve(MARKER), intent);
    }

    private void promote(Marker marker) throws IOException {
        var server = live.server();
        var memo = scratches
                .find(marker.scratch())
                .orElseThrow(() -> new Forbidden("what the scratch %s was is not known any more; its files are in %s"
                        .formatted(marker.scratch(), server.data())));
        stop(server);
        var settings = new TreeMap<>(live.settings());
        settings.putAll(memo.before());
        settings.put("recovery_target_action", "promote");
        settings.computeIfPresent(
                "restore_command",
                (_, command) -> command.replace(
                        scratches.server(marker.scratch(), "before").data().toString(),
                        server.data().toString()));
        var address = server.start(Server.Durability.SAFE, settings);
        var admin = new Sessions(
                address.as(live.admin().role(), live.admin().password()).withDatabase("postgres"), "lastgood");
        promoted(admin);
        new Logins(marker.limits(), marker.logins()).set(admin);
        admin.in(
                "write everything to disk",
                Duration.ofMinutes(10),
                s -> s.createStatement().execute("CHECKPOINT"));
        faults.at("shut");
        server.stop();
        Documents.write(
                server.data().resolve(MARKER),
                new Marker(
                        marker.scratch(),
                        marker.keptAs(),
                        marker.key(),
                        marker.oldTimeline(),
                        marker.limits(),
                        marker.logins(),
                        true));
    }

    private void promoted(Sessions admin) {
        var end = System.nanoTime() + Duration.ofMinutes(10).toNanos();
        while (true) {
            try {
                if (!ScratchServer.look(admin).recovering()) {
                    return;
                }
            } catch (Unreachable _) {
                // Between consistent and promoted it may let nobody in.
            }
            if (System.nanoTime() > end || live.server().running().isEmpty()) {
                throw new Unreachable("the scratch was put in place and did not become a primary; see "
                        + live.server().log());
            }
            Pauses.sleep(Duration.ofMillis(50));
        }
    }

    private static void stop(Server server) {
        if (Files.exists(server.data()) && server.running().isPresent()) {
            server.stop();
        }
    }

    private Sessions sessions() {
        var running = live.server().running().orElseThrow();
        return new Sessions(
                running.as(live.admin().role(), live.admin().password()).withDatabase("postgres"), "lastgood");
    }

    private String timeline() {
        return sessions().look("ask for the timeline", session -> {
            try (var ask = session.createStatement();
                    var row = ask.executeQuery("SELECT timeline_id::text FROM pg_control_checkpoint()")) {
                row.next();
                return row.getString(1);
            }
        });
    }

    private Optional<Marker> begun() {
        return Documents.read(intent(live.server().data()), Marker.class);
    }

    private static Optional<Marker> marker(Path data) {
        return Documents.read(data.resolve(MARKER), Marker.class);
    }

    private static Path intent(Path data) {
        return sibling(data, ".swap.json");
    }

    private static Path sibling(Path data, String suffix) {
        return data.resolveSibling(data.getFileName() + suffix);
    }
}
