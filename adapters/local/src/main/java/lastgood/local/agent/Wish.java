package lastgood.local.agent;

import lastgood.core.Revision;
import lastgood.core.Workload;

/// What one workload is asked to be.
///
/// @param uid of this one; another one made later under its name has another
/// @param stamp changes with each change
/// @param mark the key of the last change
record Wish(Workload workload, String uid, String stamp, String mark, Revision revision, int wanted, boolean paused) {}
