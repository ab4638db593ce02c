/// The detector and the rules of its peers on the same seeded streams.
@NullMarked
package lastgood.bench.detect;

import org.jspecify.annotations.NullMarked;
