/// Kubernetes for tests: our own API server in this process, and a real control plane on loopback. One suite runs on
/// both with the same assertions, which is what makes the simulated one worth anything.
@NullMarked
package lastgood.testkit.kube;

import org.jspecify.annotations.NullMarked;
