/// From verdicts to a severity, and from a severity to who must approve: the runbook's matrix as data.
@NullMarked
package lastgood.core.decide;

import org.jspecify.annotations.NullMarked;
