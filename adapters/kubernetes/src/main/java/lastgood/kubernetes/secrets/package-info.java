/// Secrets, read at the moment they are needed.
@NullMarked
package lastgood.kubernetes.secrets;

import org.jspecify.annotations.NullMarked;
