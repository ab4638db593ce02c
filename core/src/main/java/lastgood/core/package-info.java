/// What a rollback is: names, releases, the ledger and last good. Records and pure functions only; no
/// clock, no input or output, no logging, no threads.
@NullMarked
package lastgood.core;

import org.jspecify.annotations.NullMarked;
