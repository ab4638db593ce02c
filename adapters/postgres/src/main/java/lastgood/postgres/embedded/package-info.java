/// The database of services on this machine: a server of our own beside them.
@NullMarked
package lastgood.postgres.embedded;

import org.jspecify.annotations.NullMarked;
