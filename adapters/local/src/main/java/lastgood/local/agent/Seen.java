package lastgood.local.agent;

import lastgood.core.Digest;

/// What the reconciler sees of one instance that is not being stopped.
///
/// @param ready takes requests now
/// @param steady has been ready for long enough to be counted on; implies `ready`
/// @param hopeless serves nobody and shows no sign that it ever will: never became ready, or crashes again and again
/// @param age larger is older; only the order matters
record Seen(String id, Digest revision, boolean ready, boolean steady, boolean hopeless, long age) {}
