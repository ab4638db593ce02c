/// The ports of [lastgood.engine.port.database] on PostgreSQL. The only place that speaks SQL.
@NullMarked
package lastgood.postgres;

import org.jspecify.annotations.NullMarked;
