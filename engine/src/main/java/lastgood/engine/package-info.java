/// Carries a plan through crashes: look, intent, act, look, done. Read [Engine] first, then [Next], then the
/// handlers in `steps`.
@NullMarked
package lastgood.engine;

import org.jspecify.annotations.NullMarked;
