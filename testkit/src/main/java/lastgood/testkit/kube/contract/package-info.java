/// What a client of ours relies on from a Kubernetes API, as tests that run on the simulated and on the real one.
@NullMarked
package lastgood.testkit.kube.contract;

import org.jspecify.annotations.NullMarked;
