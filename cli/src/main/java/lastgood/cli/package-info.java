/// The commands.
@NullMarked
package lastgood.cli;

import org.jspecify.annotations.NullMarked;
