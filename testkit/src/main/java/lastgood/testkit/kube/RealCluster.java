package lastgood.testkit.kube;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// This class or test needs a real Kubernetes: it may have a [Cluster] or [ControlPlane] as a parameter, and is skipped
/// where there is none, see [RealClusterExtension].
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Inherited
@ExtendWith(RealClusterExtension.class)
public @interface RealCluster {}
