/// Asks a service from outside what its users would ask, on whatever platform it runs.
@NullMarked
package lastgood.probes;

import org.jspecify.annotations.NullMarked;
