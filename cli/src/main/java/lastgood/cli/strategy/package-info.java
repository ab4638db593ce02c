/// The runbook's single changes of traffic and workloads: colours, canaries, the maintenance page.
@NullMarked
package lastgood.cli.strategy;

import org.jspecify.annotations.NullMarked;
