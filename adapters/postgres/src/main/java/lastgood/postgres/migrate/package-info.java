/// Migrations: which tool made the schema, what is applied, and how it is undone.
@NullMarked
package lastgood.postgres.migrate;

import org.jspecify.annotations.NullMarked;
