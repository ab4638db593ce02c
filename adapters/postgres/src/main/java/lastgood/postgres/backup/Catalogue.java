package lastgood.postgres.backup;

import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import lastgood.core.data.Backup;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Backups;

/// The backups of one service: the provider's list, read anew each time, with our notes beside it.
///
/// Nothing here deletes a backup. Rotation is the provider's, and we neither ask for it nor let it run when we take
/// one, so that a new backup that turns out broken never costs the last good one.
public final class Catalogue {

    private final BackupProvider provider;
    private final Notes notes;
    private final InstantSource clock;
    private final Supplier<Circumstances> circumstances;

    /// What a backup is of, as known to whoever takes it.
    ///
    /// @param release what people call the one that runs; empty if unknown
    /// @param schema fingerprint of the catalog; empty if unknown
    public record Circumstances(String release, String schema) {
        public static Circumstances unknown() {
            return new Circumstances("", "");
        }
    }

    public Catalogue(BackupProvider provider, Notes notes, InstantSource clock, Supplier<Circumstances> circumstances) {
        this.provider = provider;
        this.notes = notes;
        this.clock = clock;
        this.circumstances = circumstances;
    }

    public BackupProvider provider() {
        return provider;
    }

    public Notes notes() {
        return notes;
    }

    /// Newest first.
    public List<Backup> all() {
        return stored().stream().map(this::backup).toList();
    }

    /// Newest first.
    public List<Stored> stored() {
        return provider.list().stream()
                .sorted(Comparator.comparing(Stored::finished)
                        .thenComparing(Stored::name)
                        .reversed())
                .toList();
    }

    public Backups.State look(String name) {
        var there = byName(name);
        if (there.isPresent()) {
            return new Backups.State.There(backup(there.get()));
        }
        return provider.underway(name)
                .<Backups.State>map(Backups.State.Underway::new)
                .orElseGet(Backups.State.None::new);
    }

    /// What people mean: a name, a provider's label, or an alias that only one backup has.
    ///
    /// @throws Forbidden if there is none, or more than one, with the candidates
    public Stored meant(String word) {
        var all = stored();
        var exact = all.stream()
                .filter(s -> s.name().equals(word) || s.label().equals(word))
                .findFirst();
        if (exact.isPresent()) {
            return exact.get();
        }
        var alias = all.stream()
                .filter(s -> !word.isEmpty() && notes.of(s.name()).alias().equals(word))
                .toList();
        if (alias.isEmpty()) {
            throw new Forbidden("there is no backup `%s`\nnothing was changed\nhint: `lastgood db backups` lists them"
                    .formatted(word));
        }
        if (alias.size() > 1) {
            throw new Forbidden("%d backups are called `%s`: %s\nnothing was changed\nhint: say one by its name"
                    .formatted(
                            alias.size(),
                            word,
                            alias.stream()
                                    .map(s -> "%s of %s".formatted(s.name(), s.finished()))
                                    .collect(Collectors.joining(", "))));
        }
        return alias.getFirst();
    }

    public void take(String name, String alias, String reason, Fence fence) {
        switch (look(name)) {
            case Backups.State.There(var _) -> {}
            case Backups.State.Underway(var what) ->
                throw new WorldMoved("backup %s is underway: %s; nothing was begun".formatted(name, what));
            case Backups.State.None() -> {
                var now = circumstances.get();
                // Before the backup: a note without one is harmless, one without its reason is not found again.
                notes.change(name, _ -> Notes.Note.taken(alias, reason, now.release(), now.schema(), fence.key()));
                provider.take(name);
            }
        }
    }

    /// Reads it back, and writes down what came of it, good or bad.
    public Backup verify(String name) {
        var stored = byName(name)
                .orElseThrow(
                        () -> new Forbidden("there is no backup `%s` to verify\nnothing was changed".formatted(name)));
        var proof = provider.verify(stored, clock.instant());
        notes.change(name, note -> note.proved(stored, proof));
        return backup(stored);
    }

    public void rehearsed(Stored backup, Notes.Rehearsed measured) {
        notes.change(backup.name(), note -> note.rehearsed(backup, measured));
        notes.add(measured);
    }

    public Backup backup(Stored s) {
        var note = notes.of(s.name());
        return new Backup(
                s.name(),
                note.alias(),
                provider.kind(),
                s.label(),
                s.system(),
                s.timeline(),
                s.startLsn(),
                s.stopLsn(),
                s.started(),
                s.finished(),
                s.bytes(),
                note.schema(),
                note.release(),
                note.reason(),
                note.proof(s),
                note.rehearsal(s));
    }

    private Optional<Stored> byName(String name) {
        return provider.list().stream().filter(s -> s.name().equals(name)).findFirst();
    }
}
