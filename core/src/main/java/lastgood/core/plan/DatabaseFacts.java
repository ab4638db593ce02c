package lastgood.core.plan;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.data.Assessment;
import lastgood.core.data.RestoreTime;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.WriteAccess;

/// What a plan may depend on of the service's database, with respect to one target.
public sealed interface DatabaseFacts {

    /// None is configured. Whether migrations came in between, only the ledger says then.
    record None() implements DatabaseFacts {}

    /// There is one, and it could not be looked at; nothing is proved.
    record Unknown(String why) implements DatabaseFacts {}

    /// @param access who may write now
    /// @param schema fingerprint of the catalog now
    /// @param proof whether the target works on it, and what undoing would do
    /// @param targetSchema fingerprint that the target ran on, recorded before the newer release
    /// @param since migrations that came after the target, newest first
    /// @param damage what is known of damaged rows
    /// @param times predicted from measured rates
    /// @param backups how it stands with backups, for people; also what was never proved
    record Known(
            WriteAccess access,
            Digest schema,
            SchemaProof proof,
            Fingerprint targetSchema,
            List<String> since,
            Damage damage,
            Times times,
            List<String> backups)
            implements DatabaseFacts {
        public Known {
            since = List.copyOf(since);
            backups = List.copyOf(backups);
        }
    }

    /// Of a catalog, if anyone wrote it down.
    sealed interface Fingerprint {
        record Of(Digest digest) implements Fingerprint {}

        record Unrecorded() implements Fingerprint {}

        default Optional<Digest> known() {
            return this instanceof Of(var digest) ? Optional.of(digest) : Optional.empty();
        }
    }

    sealed interface Damage {
        /// Nobody has looked.
        record NotAssessed() implements Damage {}

        record Assessed(Assessment assessment) implements Damage {}

        default Optional<Assessment> known() {
            return this instanceof Assessed(var assessment) ? Optional.of(assessment) : Optional.empty();
        }
    }

    /// How long the parts would take; zero = nothing like it was ever measured.
    ///
    /// @param undo on a copy without rows: it takes at least that
    record Times(Duration backup, Duration undo, RestoreTime restore) {

        public static Times unmeasured() {
            return new Times(Duration.ZERO, Duration.ZERO, RestoreTime.unproven(0, 0));
        }
    }
}
