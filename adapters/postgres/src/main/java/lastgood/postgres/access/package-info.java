/// The write fence: who may write to a database, taken away and given back.
@NullMarked
package lastgood.postgres.access;

import org.jspecify.annotations.NullMarked;
