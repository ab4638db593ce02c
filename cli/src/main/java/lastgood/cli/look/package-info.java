/// Looking without changing anything: how a service stands, whether it is well, what was captured, what happened.
@NullMarked
package lastgood.cli.look;

import org.jspecify.annotations.NullMarked;
