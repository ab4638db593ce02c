/// The users: requests that come whether or not the last ones were answered, and an exact count of what became of them.
@NullMarked
package lastgood.demo.load;

import org.jspecify.annotations.NullMarked;
