/// From what was read of each instance to what a detector is told: in rounds, with something to compare with.
/// Pure; the same readings give the same scrapes, whoever asks and however often.
@NullMarked
package lastgood.core.feed;

import org.jspecify.annotations.NullMarked;
