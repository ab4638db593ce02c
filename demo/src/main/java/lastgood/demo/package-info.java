/// The service that the demo breaks and puts right.
@NullMarked
package lastgood.demo;

import org.jspecify.annotations.NullMarked;
