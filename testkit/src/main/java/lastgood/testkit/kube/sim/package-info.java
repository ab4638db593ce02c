/// A Kubernetes API server in this process: no socket needed, a clock that the test holds, and every fault on demand.
///
/// It is proved equal to the real one by `ApiContract`, which runs on both. Where the two disagree, the real one is
/// right.
@NullMarked
package lastgood.testkit.kube.sim;

import org.jspecify.annotations.NullMarked;
