/// The agent: starting and ending the process that keeps services running.
@NullMarked
package lastgood.cli.agent;

import org.jspecify.annotations.NullMarked;
