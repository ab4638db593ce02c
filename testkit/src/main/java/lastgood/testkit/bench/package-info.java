/// What is measured inside one process; `bench/run` starts these and times the rest from outside.
@NullMarked
package lastgood.testkit.bench;

import org.jspecify.annotations.NullMarked;
