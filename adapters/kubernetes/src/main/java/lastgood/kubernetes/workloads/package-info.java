/// Deployments, StatefulSets, DaemonSets and CronJobs as the engine's workloads.
@NullMarked
package lastgood.kubernetes.workloads;

import org.jspecify.annotations.NullMarked;
