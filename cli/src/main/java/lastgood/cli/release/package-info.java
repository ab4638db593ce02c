/// Releases: putting one out, and what is known of those that were.
@NullMarked
package lastgood.cli.release;

import org.jspecify.annotations.NullMarked;
