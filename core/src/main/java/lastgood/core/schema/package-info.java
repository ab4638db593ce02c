/// What a database looks like, what is different between two of them, and what an older release would stumble over.
@NullMarked
package lastgood.core.schema;

import org.jspecify.annotations.NullMarked;
