/// Whether a release is bad and what to do about it: `ask` once, `watch` all the time.
@NullMarked
package lastgood.cli.watch;

import org.jspecify.annotations.NullMarked;
