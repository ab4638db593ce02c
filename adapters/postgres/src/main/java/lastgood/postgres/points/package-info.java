/// What is written down around a deploy, in the service's own database.
@NullMarked
package lastgood.postgres.points;

import org.jspecify.annotations.NullMarked;
