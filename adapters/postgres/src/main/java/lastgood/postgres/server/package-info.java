/// PostgreSQL servers that we start ourselves: the embedded one, shadows for proofs, scratches for restores.
@NullMarked
package lastgood.postgres.server;

import org.jspecify.annotations.NullMarked;
