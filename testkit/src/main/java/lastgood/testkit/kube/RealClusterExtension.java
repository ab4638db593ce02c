package lastgood.testkit.kube;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/// Skips the tests of the real Kubernetes tier where its binaries are missing, and says so once, loudly: a tier that
/// is silently not run is a tier that nobody knows to be broken. Where it has to run (`LASTGOOD_KUBE_REQUIRED=1`, as
/// CI sets it) they fail instead.
public final class RealClusterExtension implements ExecutionCondition, ParameterResolver {

    private static final ExtensionContext.Namespace HERE =
            ExtensionContext.Namespace.create(RealClusterExtension.class);

    /// Where a real cluster comes from. One that somebody else runs (`LASTGOOD_KUBECONFIG`) is to be one more case
    /// here; the tests see a [Cluster] either way.
    private sealed interface Source {

        record Assets() implements Source {}

        record None() implements Source {}

        static Source find() {
            return ControlPlane.assets().isPresent() ? new Assets() : new None();
        }
    }

    /// Lives as long as the whole test run, which is when its line is worth printing.
    private static final class Skipped implements AutoCloseable {

        private final AtomicInteger tests = new AtomicInteger();

        @Override
        public void close() {
            System.err.printf(
                    "SKIPPED: %d tests of the real Kubernetes tier; set %s=<folder with kube-apiserver, kube-controller-manager, etcd> (see README)%n",
                    tests.get(), ControlPlane.ASSETS.getFirst());
        }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return switch (Source.find()) {
            case Source.Assets _ -> ConditionEvaluationResult.enabled("there is a control plane");
            case Source.None _ -> skip(context);
        };
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType().isAssignableFrom(ControlPlane.class)
                && Cluster.class.isAssignableFrom(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return ControlPlane.shared();
    }

    private static ConditionEvaluationResult skip(ExtensionContext context) {
        if ("1".equals(System.getenv("LASTGOOD_KUBE_REQUIRED"))) {
            throw new IllegalStateException("the real Kubernetes tier has to run here, but %s is not set"
                    .formatted(ControlPlane.ASSETS.getFirst()));
        }
        context.getRoot()
                .getStore(HERE)
                .computeIfAbsent("skipped", _ -> new Skipped(), Skipped.class)
                .tests
                .addAndGet(context.getElement().map(RealClusterExtension::tests).orElse(0));
        return ConditionEvaluationResult.disabled("no real Kubernetes here");
    }

    /// A class is skipped before its tests are looked at, so nobody else counts them.
    private static int tests(AnnotatedElement element) {
        return switch (element) {
            case Method _ -> 1;
            case Class<?> type ->
                AnnotationSupport.findAnnotatedMethods(type, Testable.class, HierarchyTraversalMode.TOP_DOWN)
                                .size()
                        + ReflectionSupport.findNestedClasses(type, inner -> inner.isAnnotationPresent(Nested.class))
                                .stream()
                                .mapToInt(RealClusterExtension::tests)
                                .sum();
            default -> 0;
        };
    }
}
