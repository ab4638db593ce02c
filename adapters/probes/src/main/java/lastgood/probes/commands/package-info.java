/// Commands of the team's that change something, run on this machine.
@NullMarked
package lastgood.probes.commands;

import org.jspecify.annotations.NullMarked;
