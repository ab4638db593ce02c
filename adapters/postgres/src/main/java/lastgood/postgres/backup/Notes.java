package lastgood.postgres.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import lastgood.core.Digest;
import lastgood.core.data.Backup;

/// What we add to a provider's list: who asked and why, the proof, the rehearsal. One small file for each backup,
/// beside the backups or in a folder of its own; a note without a backup means nothing and does no harm.
public record Notes(Path folder) {

    /// Predictions say the median and the worst of these.
    static final int REHEARSALS_KEPT = 10;

    private static final String REHEARSALS = "rehearsals.json";

    /// @param proved which backup of that name the proof and the rehearsal are about
    /// @param verified, broken when; empty = not
    /// @param rehearsed when; empty = never
    record Note(
            String alias,
            String reason,
            String release,
            String schema,
            String key,
            String proved,
            String verified,
            String broken,
            String how,
            String restored,
            String rehearsed,
            long rehearsalMillis,
            long rehearsalBytes) {

        static final Note NONE = new Note("", "", "", "", "", "", "", "", "", "", "", 0, 0);

        static Note taken(String alias, String reason, String release, String schema, String key) {
            return new Note(alias, reason, release, schema, key, "", "", "", "", "", "", 0, 0);
        }

        Note proved(Stored backup, Backup.Proof proof) {
            return switch (proof) {
                // Ours are read back; a word of somebody else's is kept with whoever gave it.
                case Backup.Proof.Unverified(), Backup.Proof.Vouched _ -> this;
                case Backup.Proof.Verified(var at, var text) -> proof(backup, at.toString(), "", text);
                case Backup.Proof.Broken(var at, var why) -> proof(backup, "", at.toString(), why);
            };
        }

        private Note proof(Stored backup, String good, String bad, String text) {
            return new Note(
                    alias,
                    reason,
                    release,
                    schema,
                    key,
                    backup.identity(),
                    good,
                    bad,
                    text,
                    restored,
                    rehearsed,
                    rehearsalMillis,
                    rehearsalBytes);
        }

        Note rehearsed(Stored backup, Rehearsed r) {
            return new Note(
                    alias,
                    reason,
                    release,
                    schema,
                    key,
                    proved,
                    verified,
                    broken,
                    how,
                    backup.identity(),
                    r.at(),
                    r.restoreMillis() + r.replayMillis() + r.checkMillis(),
                    r.restoreBytes());
        }

        Backup.Proof proof(Stored backup) {
            if (!backup.identity().equals(proved)) {
                return new Backup.Proof.Unverified();
            }
            if (!broken.isEmpty()) {
                return new Backup.Proof.Broken(Instant.parse(broken), how);
            }
            return verified.isEmpty()
                    ? new Backup.Proof.Unverified()
                    : new Backup.Proof.Verified(Instant.parse(verified), how);
        }

        Backup.Rehearsal rehearsal(Stored backup) {
            return rehearsed.isEmpty() || !backup.identity().equals(restored)
                    ? new Backup.Rehearsal.Never()
                    : new Backup.Rehearsal.Restored(
                            Instant.parse(rehearsed), Duration.ofMillis(rehearsalMillis), rehearsalBytes);
        }
    }

    /// What one rehearsal measured, or one restore that was needed.
    ///
    /// @param provider kind; rates of one say nothing about another
    /// @param restoreBytes copied
    /// @param replayBytes of the log
    public record Rehearsed(
            String backup,
            String provider,
            String at,
            long restoreBytes,
            long restoreMillis,
            long replayBytes,
            long replayMillis,
            long checkMillis) {

        /// Whether it is the same restore, measured further: a rehearsal goes on to check what was restored.
        boolean isOf(Rehearsed other) {
            return backup.equals(other.backup)
                    && restoreMillis == other.restoreMillis
                    && replayBytes == other.replayBytes
                    && replayMillis == other.replayMillis;
        }
    }

    record Rehearsals(List<Rehearsed> last) {}

    Note of(String name) {
        return Documents.read(file(name), Note.class).orElse(Note.NONE);
    }

    void change(String name, UnaryOperator<Note> to) {
        Documents.write(file(name), to.apply(of(name)));
    }

    private static final String SWAPS = "swaps.json";

    /// How long exchanging a database for its scratch took, oldest first.
    public record Swaps(List<Long> millis) {}

    public List<Long> swaps() {
        return Documents.read(folder.resolve(SWAPS), Swaps.class)
                .map(Swaps::millis)
                .orElse(List.of());
    }

    public void addSwap(long millis) {
        var all = new ArrayList<>(swaps());
        all.add(millis);
        Documents.write(
                folder.resolve(SWAPS), new Swaps(all.subList(Math.max(0, all.size() - REHEARSALS_KEPT), all.size())));
    }

    /// Oldest first.
    public List<Rehearsed> rehearsals() {
        return Documents.read(folder.resolve(REHEARSALS), Rehearsals.class)
                .map(Rehearsals::last)
                .orElse(List.of());
    }

    void add(Rehearsed rehearsed) {
        var all = new ArrayList<>(rehearsals());
        all.removeIf(rehearsed::isOf);
        all.add(rehearsed);
        Documents.write(
                folder.resolve(REHEARSALS),
                new Rehearsals(all.subList(Math.max(0, all.size() - REHEARSALS_KEPT), all.size())));
    }

    /// A provider's label may hold anything; ours are files' names already.
    private Path file(String name) {
        var safe = name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
                ? name
                : "x-" + Digest.of(name).brief();
        return folder.resolve("notes").resolve(safe + ".json");
    }
}
