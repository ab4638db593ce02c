package lastgood.kubernetes.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import lastgood.engine.port.Preflight.Problem;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;

/// Who else writes to an object because a repository or a chart says so, and would put the bad release back: a rollback
/// that is undone by the next reconciliation looks like one that did not work.
final class Owner {

    private static final String ARGO_TRACKING = "argocd.argoproj.io/tracking-id";
    private static final String INSTANCE = "app.kubernetes.io/instance";
    private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    private static final String KUSTOMIZE = "kustomize.toolkit.fluxcd.io/";
    private static final String HELM_CONTROLLER = "helm.toolkit.fluxcd.io/";
    private static final String HELM = "meta.helm.sh/release-name";

    private Owner() {}

    static Optional<Problem> of(Kind kind, JsonNode object) {
        var what = "%s %s".formatted(kind.kind(), Trees.name(object));
        return gitOps(object).map(owner -> holdFirst(what, owner)).or(() -> byHand(what, object));
    }

    private static Problem holdFirst(String what, String owner) {
        return Problem.remark(
                "%s owns %s and will put the bad release back within seconds".formatted(owner, what), "hold it first");
    }

    private static Optional<String> gitOps(JsonNode object) {
        var tracking = Trees.annotation(object, ARGO_TRACKING);
        if (!tracking.isEmpty()) {
            return Optional.of("Argo CD application " + tracking.replaceAll(":.*", ""));
        }
        var kustomization = flux(object, KUSTOMIZE);
        if (!kustomization.isEmpty()) {
            // Whoever held it already has done what we would ask for.
            return Trees.annotation(object, KUSTOMIZE + "reconcile").equals("disabled")
                    ? Optional.empty()
                    : Optional.of("Flux Kustomization " + kustomization);
        }
        var release = flux(object, HELM_CONTROLLER);
        return release.isEmpty() ? Optional.empty() : Optional.of("Flux HelmRelease " + release);
    }

    private static String flux(JsonNode object, String prefix) {
        var name = either(object, prefix + "name");
        var namespace = either(object, prefix + "namespace");
        return name.isEmpty() || namespace.isEmpty() ? name : namespace + "/" + name;
    }

    private static String either(JsonNode object, String key) {
        var label = Trees.label(object, key);
        return label.isEmpty() ? Trees.annotation(object, key) : label;
    }

    /// Those that wait for a person, or of which labels only hint.
    private static Optional<Problem> byHand(String what, JsonNode object) {
        var release = Trees.annotation(object, HELM);
        if (!release.isEmpty()) {
            return Optional.of(Problem.remark(
                    "%s belongs to Helm release %s: the next `helm upgrade` of the bad chart puts it back"
                            .formatted(what, release),
                    "tell whoever runs it"));
        }
        var instance = Trees.label(object, INSTANCE);
        if (instance.isEmpty() || gitOpsIsHeld(object)) {
            return Optional.empty();
        }
        var manager = Trees.label(object, MANAGED_BY);
        return Optional.of(Problem.remark(
                "%s bears %s=%s%s: if a GitOps controller applies that, it will put the bad release back within seconds"
                        .formatted(
                                what, INSTANCE, instance, manager.isEmpty() ? "" : ", " + MANAGED_BY + "=" + manager),
                "hold it first"));
    }

    private static boolean gitOpsIsHeld(JsonNode object) {
        return Trees.annotation(object, KUSTOMIZE + "reconcile").equals("disabled");
    }
}
