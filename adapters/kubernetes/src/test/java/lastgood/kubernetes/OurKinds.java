package lastgood.kubernetes;

import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.cnpg.CnpgKinds;
import lastgood.kubernetes.records.Records;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.KubeApi;

/// Our own kinds, and the routes of others, in a cluster for tests.
final class OurKinds {

    private static final java.util.Set<java.net.URI> DONE = java.util.concurrent.ConcurrentHashMap.newKeySet();

    static final String GATEWAY = "gateway.networking.k8s.io/v1";

    private OurKinds() {}

    /// For a cluster without a socket.
    static void define(CrashWorld world) {
        for (var kind : java.util.List.of(Records.ROLLBACK, Records.RELEASE, Records.LEDGER, Records.SERVICE_LOCK)) {
            define(world, kind, kind == Records.ROLLBACK);
        }
    }

    static void defineRoutes(CrashWorld world) {
        define(world, Kind.of("gateway.networking.k8s.io", "HTTPRoute", "httproutes", "v1"), true);
    }

    private static void define(CrashWorld world, Kind kind, boolean status) {
        world.send(
                "POST",
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                "application/json",
                definition(kind, status));
        world.cluster.settle();
    }

    static void install(Cluster cluster) {
        if (!DONE.add(cluster.url())) {
            return;
        }
        try (var kube = new KubeApi(cluster)) {
            for (var kind :
                    java.util.List.of(Records.ROLLBACK, Records.RELEASE, Records.LEDGER, Records.SERVICE_LOCK)) {
                define(kube, kind, kind == Records.ROLLBACK);
            }
            define(kube, Kind.of("gateway.networking.k8s.io", "HTTPRoute", "httproutes", "v1"), true);
            for (var kind : java.util.List.of(CnpgKinds.CLUSTER, CnpgKinds.BACKUP, CnpgKinds.OBJECT_STORE)) {
                define(kube, kind, true);
            }
            define(kube, Kind.of("networking.istio.io", "VirtualService", "virtualservices", "v1beta1"), true);
        }
    }

    private static void define(KubeApi kube, Kind kind, boolean status) {
        var path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        if (kube.find(path + "/" + kind.resource()).isEmpty()) {
            kube.create(path, definition(kind, status));
        }
        Shop.eventually(
                kind + " to be served",
                () -> kube.find("/apis/%s/%s/namespaces/default/%s"
                                .formatted(kind.group(), kind.versions().getFirst(), kind.plural()))
                        .isPresent());
    }

    private static String definition(Kind kind, boolean status) {
        return """
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
                 "metadata":{"name":"%s","annotations":{"api-approved.kubernetes.io":"unapproved, for tests"}},
                 "spec":{"group":"%s","scope":"Namespaced",
                  "names":{"plural":"%s","singular":"%s","kind":"%s"},
                  "versions":[{"name":"%s","served":true,"storage":true,%s
                   "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
                """.formatted(
                        kind.resource(),
                        kind.group(),
                        kind.plural(),
                        kind.kind().toLowerCase(java.util.Locale.ROOT),
                        kind.kind(),
                        kind.versions().getFirst(),
                        status ? "\"subresources\":{\"status\":{}}," : "");
    }
}
