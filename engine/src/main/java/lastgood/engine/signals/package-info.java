/// The runbook's triggers that no counter shows: checks, the data, security, migrations. Each source is one small
/// [lastgood.engine.port.Signals]; [AllSignals] hears them all.
@NullMarked
package lastgood.engine.signals;

import org.jspecify.annotations.NullMarked;
