/// Carries a plan through crashes: at most one act per look, every act written down before and after.
@NullMarked
package lastgood.engine;

import org.jspecify.annotations.NullMarked;
