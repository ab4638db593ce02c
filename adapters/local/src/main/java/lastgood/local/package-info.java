/// A real platform for one machine: supervised processes behind a proxy.
@NullMarked
package lastgood.local;

import org.jspecify.annotations.NullMarked;
