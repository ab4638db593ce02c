/// The service that the demo breaks and puts right. Nothing but the JDK: these classes are all that is in its artifact.
@NullMarked
package lastgood.demo.server;

import org.jspecify.annotations.NullMarked;
