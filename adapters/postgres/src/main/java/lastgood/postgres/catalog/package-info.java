/// Reads what a database looks like.
@NullMarked
package lastgood.postgres.catalog;

import org.jspecify.annotations.NullMarked;
