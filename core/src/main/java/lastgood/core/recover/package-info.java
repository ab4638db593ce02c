/// Did users recover? The ten-point checklist, and what a window of samples comes to.
@NullMarked
package lastgood.core.recover;

import org.jspecify.annotations.NullMarked;
