package lastgood.core;

import java.time.Instant;
import java.util.List;

/// One line of a service's ledger. The ledger is only ever appended to; what a release *is* now
/// (good, failed, live) is read off all its lines by [Ledger].
public sealed interface LedgerEntry {

    /// The release it speaks of.
    int release();

    Instant at();

    /// The same effect always bears the same key (`run/step`), so a repeated append is recognised.
    String key();

    /// A new release was put out. It becomes the live one with [Live], not before.
    record Deployed(Release what, String key) implements LedgerEntry {
        @Override
        public int release() {
            return what.number();
        }

        @Override
        public Instant at() {
            return what.at();
        }
    }

    /// Schema migrations that a release brought and that were not known when it was put out, oldest first.
    record Brought(int release, List<String> migrations, Instant at, String key) implements LedgerEntry {
        public Brought {
            migrations = List.copyOf(migrations);
        }
    }

    /// All of the service's traffic is on this release from now on.
    record Live(int release, Instant at, String key) implements LedgerEntry {}

    /// The release stopped being what users get, or never became it.
    record Left(int release, Leaving how, Instant at, String key) implements LedgerEntry {}

    /// Somebody or something judged it.
    record Judged(int release, Verdict verdict, String by, String why, Instant at, String key) implements LedgerEntry {}

    /// A person says how users are, now that they have this release.
    record Told(int release, boolean well, String by, String why, Instant at, String key) implements LedgerEntry {}

    /// It may not come back unnoticed until then.
    record Quarantined(int release, Instant until, String why, Instant at, String key) implements LedgerEntry {}

    /// It has a hole: no rollback goes back to its bits, and nobody deploys them again unless he insists, until a
    /// person takes it back with [Reinstated]. No verdict and no bake does.
    ///
    /// @param bySomebody whether a person said so; else a program reported it
    /// @param by who, or which program
    record Revoked(int release, boolean bySomebody, String by, String why, Instant at, String key)
            implements LedgerEntry {}

    /// A person says that it was revoked by mistake.
    record Reinstated(int release, String by, String why, Instant at, String key) implements LedgerEntry {}

    /// How a release left.
    enum Leaving {
        /// A newer one took its place in the ordinary way.
        SUPERSEDED,
        /// It was taken out because it hurt.
        ROLLED_BACK,
        /// Its rollout was stopped before it was live.
        ABORTED
    }
}
