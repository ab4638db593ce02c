/// What there is to say about a database and its server.
@NullMarked
package lastgood.postgres.status;

import org.jspecify.annotations.NullMarked;
