/// The runbook's own script paths, as wrappers around our verbs.
@NullMarked
package lastgood.cli.shim;

import org.jspecify.annotations.NullMarked;
