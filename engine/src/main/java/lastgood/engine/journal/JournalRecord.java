package lastgood.engine.journal;

import java.time.Instant;
import lastgood.core.RunId;

/// One record of a run's journal.
///
/// @param seq from 0, without gaps
/// @param epoch the owner's turn when it was written
/// @param at the writer's clock; order is by `seq`, never by time
/// @param owner the writing process, for people
/// @param prev the hash of the record before, or of nothing for the first
/// @param hash of this record's canonical form without this field
public record JournalRecord(
        RunId run, int seq, int epoch, Instant at, String owner, Entry entry, String prev, String hash) {

    /// The version of the record format that this code writes.
    public static final int FORMAT = 1;

    /// What `prev` is in the first record.
    public static final String NOTHING = "sha256:" + "0".repeat(64);
}
