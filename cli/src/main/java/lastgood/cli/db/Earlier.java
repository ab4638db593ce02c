package lastgood.cli.db;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.cli.Session;
import lastgood.core.RunId;
import lastgood.core.data.WriteAccess;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.engine.Runs.Listed;

/// How it was before a run of ours changed it: the journals keep it, so that nobody has to remember.
final class Earlier {

    private Earlier() {}

    /// @param run that changed it
    record Access(RunId run, WriteAccess access) {}

    record Instances(RunId run, SortedMap<String, Integer> counts) {}

    /// Who could write before the fence that is up now.
    ///
    /// @param mark key of whoever of us set it last, `run/step`
    static Optional<Access> access(Session session, String mark) {
        return session.runs().of(session.service()).stream()
                .flatMap(run -> run.state().plan().steps().stream()
                        .filter(s -> mark.equals(run.run() + "/" + s.id()))
                        .flatMap(s -> closed(run, s).stream()))
                .findFirst();
    }

    private static Optional<Access> closed(Listed.Known run, PlannedStep step) {
        return step.step() instanceof Step.SetWriteAccess(var _, var from, var to) && to.isClosed()
                ? Optional.of(new Access(run.run(), from))
                : Optional.empty();
    }

    /// How many instances there were before they were stopped.
    static Optional<Instances> instances(Session session) {
        return session.runs().of(session.service()).stream()
                .filter(r -> r.state().opened().kind() == Plan.Kind.CHANGE)
                .map(Earlier::stopped)
                .filter(i -> !i.counts().isEmpty())
                .findFirst();
    }

    private static Instances stopped(Listed.Known run) {
        var counts = new TreeMap<String, Integer>();
        for (var step : run.state().plan().main()) {
            if (step.step() instanceof Step.Scale(var workload, var from, var to)
                    && to == 0
                    && run.state().finished(step)) {
                counts.put(workload.name(), from);
            }
        }
        return new Instances(run.run(), counts);
    }
}
