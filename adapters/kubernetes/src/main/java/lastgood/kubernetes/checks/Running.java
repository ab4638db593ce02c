package lastgood.kubernetes.checks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.core.Release;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Workloads;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.Pods;
import lastgood.kubernetes.workloads.WorkloadKind;

/// Looks at all of a service that a release names: the workloads that take its users' requests, those beside them, and
/// every pod of them that is not gone yet.
final class Running {

    private final Api api;
    private final Workloads workloads;
    private final Pods pods;

    Running(Api api, Workloads workloads) {
        this.api = api;
        this.workloads = workloads;
        this.pods = new Pods(api);
    }

    /// @param main those of the strategy's workloads that are asked to run the release, and to run at all
    /// @param beside the others that the release names
    /// @param missing names of those that are not there
    /// @param elsewhere what stands against it, such as `web is asked to run v2`
    record Seen(List<One> main, List<One> beside, List<String> missing, List<String> elsewhere) {

        List<One> all() {
            var all = new ArrayList<>(main);
            all.addAll(beside);
            return all;
        }
    }

    /// A workload with its pods.
    record One(KubeService service, WorkloadState state, JsonNode object, List<JsonNode> pods) {

        WorkloadKind kind() {
            return service.kind(state.workload().name());
        }

        JsonNode template() {
            return object.at(kind().template());
        }

        List<JsonNode> staying() {
            return pods.stream().filter(p -> !Trees.terminating(p)).toList();
        }
    }

    Seen look(KubeService service, Release release) {
        var main = new ArrayList<One>();
        var beside = new ArrayList<One>();
        var missing = new ArrayList<String>();
        var elsewhere = new ArrayList<String>();
        for (var name : service.strategyWorkloads()) {
            one(service, name)
                    .filter(o -> o.state().wanted() > 0 || isOnly(service))
                    .ifPresent(one -> {
                        if (one.state().requested().sameAs(release.revision())) {
                            main.add(one);
                        } else {
                            elsewhere.add("%s is asked to run %s"
                                    .formatted(name, one.state().requested().version()));
                        }
                    });
        }
        release.others().forEach((name, revision) -> {
            var found = one(service, name);
            if (found.isEmpty()) {
                missing.add(name);
            } else if (found.get().state().requested().sameAs(revision)) {
                beside.add(found.get());
            } else {
                elsewhere.add("%s is asked to run %s, not %s"
                        .formatted(name, found.get().state().requested().version(), revision.version()));
            }
        });
        return new Seen(main, beside, missing, elsewhere);
    }

    private static boolean isOnly(KubeService service) {
        return service.strategyWorkloads().size() == 1;
    }

    private Optional<One> one(KubeService service, String name) {
        var state = workloads.find(new Workload(service.service(), name));
        var object = api.find(service.kind(name).kind(), service.namespace(), name);
        if (state.isEmpty() || object.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new One(service, state.get(), object.get(), pods.of(service.namespace(), object.get())));
    }
}
