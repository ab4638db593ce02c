/// Backups: the catalogue of a service, the providers behind it, and how far their write-ahead log reaches.
@NullMarked
package lastgood.postgres.backup;

import org.jspecify.annotations.NullMarked;
