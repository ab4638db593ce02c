package lastgood.cli.run;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import lastgood.cli.Session;
import lastgood.cli.run.RollbackOptions.Asked;
import lastgood.core.ConfigState;
import lastgood.core.Digest;
import lastgood.core.Release;
import lastgood.core.RevisionSelector;
import lastgood.core.Selection;
import lastgood.core.ServiceState;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Facts;
import lastgood.core.plan.Policy;

/// Gathers what a plan may depend on. Reads only.
public final class Look {

    private Look() {}

    public static ServiceState state(Session session) {
        var workloads = new TreeMap<String, WorkloadState>();
        for (var name : session.strategy().workloads()) {
            session.ports()
                    .workloads()
                    .find(new Workload(session.service(), name))
                    .ifPresent(w -> workloads.put(name, w));
        }
        session.ports()
                .workloads()
                .companions(session.service())
                .forEach(w -> workloads.put(w.workload().name(), w));
        var config = new TreeMap<String, ConfigState>();
        session.ports().configs().all(session.service()).forEach(c -> config.put(c.name(), c));
        return new ServiceState(
                session.service(),
                session.strategy(),
                workloads,
                config,
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
        if (facts.select(target) instanceof Selection.Chosen(var release, var _, var _)) {
            missing(session, release, missing);
        }
        return new Facts(facts.ledger(), facts.seen(), policy, missing);
    }

    private static void missing(Session session, Release release, Map<Digest, String> missing) {
        Stream.concat(Stream.of(release.revision()), release.others().values().stream())
                .forEach(revision -> session.revisions()
                        .missing(session.service(), revision)
                        .ifPresent(why -> missing.put(revision.digest(), why)));
        release.config()
                .forEach((name, content) -> session.ports()
                        .configs()
                        .missing(session.service(), name, content)
                        .ifPresent(why -> missing.put(content, "config %s: %s".formatted(name, why))));
    }

    /// The same, with what the database says about the release that the selector comes to. It is not asked if nothing
    /// of the plan can depend on it.
    static Facts facts(Session session, Policy policy, Asked asked, Consumer<String> say) {
        var facts = facts(session, policy, asked.target());
        return session.hasDatabase()
                        && facts.select(asked.target()) instanceof Selection.Chosen(var release, var _, var _)
                ? facts.with(new LookAtDatabase(session, say, asked.emergency())
                        .before(facts.ledger(), release, asked.database(), asked.scratch()))
                : facts;
    }

    private static Facts facts(Session session, Policy policy, Map<Digest, String> missing) {
        return new Facts(session.ports().ledgers().read(session.service()), state(session), policy, missing);
    }
}
