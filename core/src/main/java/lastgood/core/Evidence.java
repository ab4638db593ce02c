package lastgood.core;

import java.time.Instant;

/// A captured observation: written once, never changed. Every claim in a report points to one.
///
/// @param name what it is, for people
/// @param source where it can be found: a file in the evidence store, an object, a query
/// @param digest the SHA-256 of what was captured
/// @param at when it was captured
public record Evidence(String name, String source, Digest digest, Instant at) {

    /// What was seen, when the text itself is all there is to keep.
    public static Evidence seen(String name, String text, Instant at) {
        return new Evidence(name, text, Digest.of(text), at);
    }
}
