/// What the engine asks of the world. Adapters implement it; nothing here names a vendor.
@NullMarked
package lastgood.engine.port;

import org.jspecify.annotations.NullMarked;
