/// Practice: faults on purpose, that end by themselves.
@NullMarked
package lastgood.cli.drill;

import org.jspecify.annotations.NullMarked;
