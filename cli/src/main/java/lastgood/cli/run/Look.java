package lastgood.cli.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.cli.Session;
import lastgood.core.Digest;
import lastgood.core.Release;
import lastgood.core.RevisionSelector;
import lastgood.core.Selection;
import lastgood.core.ServiceState;
import lastgood.core.Strategy;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Facts;
import lastgood.core.plan.Policy;

/// Gathers what a plan may depend on. Reads only.
public final class Look {

    private Look() {}

    public static ServiceState state(Session session) {
        var workloads = new TreeMap<String, WorkloadState>();
        for (var name : workloads(session.strategy())) {
            session.ports()
                    .workloads()
                    .find(new Workload(session.service(), name))
                    .ifPresent(w -> workloads.put(name, w));
        }
        return new ServiceState(
                session.service(),
                session.strategy(),
                workloads,
                session.ports().traffic().get(session.service()));
    }

    public static Facts facts(Session session) {
        return facts(session, session.policy(), Map.of());
    }

    /// With a look at whether what the selector comes to can still be put back; only that one, because it means
    /// reading the whole artefact.
    static Facts facts(Session session, Policy policy, RevisionSelector target) {
        var facts = facts(session, policy, Map.of());
        var missing = new HashMap<Digest, String>();
        if (facts.ledger().select(target, facts.current()) instanceof Selection.Chosen(var release, var _, var _)) {
            missing(session, release, missing);
        }
        return new Facts(facts.ledger(), facts.seen(), policy, missing);
    }

    private static void missing(Session session, Release release, Map<Digest, String> missing) {
        session.revisions()
                .missing(session.service(), release.revision())
                .ifPresent(why -> missing.put(release.revision().digest(), why));
    }

    private static Facts facts(Session session, Policy policy, Map<Digest, String> missing) {
        return new Facts(session.ports().ledgers().read(session.service()), state(session), policy, missing);
    }

    static List<String> workloads(Strategy strategy) {
        return switch (strategy) {
            case Strategy.Rolling(var main) -> List.of(main);
            case Strategy.BlueGreen(var _, var workloads) -> workloads;
            case Strategy.Canary(var main, var canary, var _) -> List.of(main, canary);
        };
    }
}
