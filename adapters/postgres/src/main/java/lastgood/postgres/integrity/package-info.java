/// Whether a database is sound: its indexes, heaps, constraints, sequences, and what its team says must hold.
@NullMarked
package lastgood.postgres.integrity;

import org.jspecify.annotations.NullMarked;
