/// What people say about the database of a service: looking at it, backing it up, shutting writers out, proving,
/// undoing, counting damage and mending it. Whatever changes something runs through the engine, as a rollback does.
@NullMarked
package lastgood.cli.db;

import org.jspecify.annotations.NullMarked;
