/// `metrics`: what users got, as numbers for people and scripts.
@NullMarked
package lastgood.cli.metrics;

import org.jspecify.annotations.NullMarked;
