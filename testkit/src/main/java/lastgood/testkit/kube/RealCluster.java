package lastgood.testkit.kube;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/// This class or test needs a real Kubernetes: it may have a [Cluster] or [ControlPlane] as a parameter, and is skipped
/// where there is none, see [RealClusterExtension].
///
/// All of one JVM share a control plane, and some change what it does for everybody: its pods' logs, whether there is
/// room for a pod, whether the API server is up. So one class has it at a time; others may run beside it.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Inherited
@ExtendWith(RealClusterExtension.class)
@ResourceLock("the control plane")
public @interface RealCluster {}
