/// Between users and instances: who gets a request, and what came of it.
@NullMarked
package lastgood.local.proxy;

import org.jspecify.annotations.NullMarked;
