/// [lastgood.engine.port.Metrics] on Prometheus, Thanos, Mimir and VictoriaMetrics: raw samples in, counts out.
@NullMarked
package lastgood.prometheus;

import org.jspecify.annotations.NullMarked;
