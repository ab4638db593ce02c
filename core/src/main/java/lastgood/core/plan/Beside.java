package lastgood.core.plan;

import java.util.ArrayList;
import java.util.List;
import lastgood.core.Digest;
import lastgood.core.Parts;
import lastgood.core.Revision;
import lastgood.core.ServiceState;
import lastgood.core.WorkloadState;

/// What belongs to a release beside its main workload: configuration, and the workloads that users do not reach.
///
/// Configuration goes first, because instances read it once, when they start: whatever starts afterwards reads the
/// right one, and what runs already and keeps its revision is started anew.
///
/// On the way **back** the main workload goes before its companions. The server is what hurts users now, and it is
/// what writes the newer data and messages; the companions, which are written against them, can still work off what
/// is left when nothing new comes after it. A **rollout** goes the other way round for the same reason: who reads
/// the new form has to be there before who writes it.
///
/// @param wanted what all of it shall be
record Beside(ServiceState seen, Parts wanted) {

    /// Whether a config object holds, or lacks, something else than wanted.
    boolean configDiffers() {
        return wanted.config().entrySet().stream().anyMatch(e -> !isThere(e.getKey(), e.getValue()));
    }

    private boolean isThere(String name, Digest content) {
        var now = seen.config().get(name);
        return now != null && now.content().equals(content);
    }

    /// The objects that wanted does not name stay as they are.
    void config(StepList steps) {
        wanted.config().forEach((name, content) -> {
            if (!isThere(name, content)) {
                steps.add(new Step.RestoreConfig(seen.service(), name, held(name), content));
            }
        });
    }

    private Step.RestoreConfig.Held held(String name) {
        var now = seen.config().get(name);
        return now == null ? new Step.RestoreConfig.Held.Nothing() : new Step.RestoreConfig.Held.Content(now.content());
    }

    /// A workload on a revision, its instances started after the configuration was put back.
    void put(StepList steps, WorkloadState workload, Revision to) {
        // A paused workload needs the step even if it already asks for the target: it also ends the pause.
        if (!workload.requested().sameAs(to) || workload.paused()) {
            steps.add(new Step.PutRevision(workload.workload(), workload.requested(), to));
        }
        if (workload.requested().sameAs(to)) {
            restart(steps, workload);
        }
    }

    /// Nobody says which workload reads which object, so all that run count as readers.
    private void restart(StepList steps, WorkloadState workload) {
        if (workload.wanted() > 0 && configDiffers()) {
            steps.add(new Step.Restart(workload.workload(), workload.requested()));
        }
    }

    /// Those that are recorded and are there. The others stay: nothing is made, and nothing is changed to what nobody
    /// wrote down; but they too read the configuration.
    void companions(StepList steps) {
        seen.companions().forEach((name, w) -> {
            var to = wanted.others().get(name);
            if (to != null) {
                put(steps, w, to);
            } else if (!w.paused()) {
                restart(steps, w);
            }
        });
    }

    /// What a person should know of the rest of the release.
    List<String> remarks(String release) {
        var remarks = new ArrayList<String>();
        seen.companions().values().stream()
                .filter(w -> !wanted.others().containsKey(w.workload().name()))
                .forEach(w -> remarks.add("%s stays at %s: what it ran with %s is not recorded"
                        .formatted(w.workload().name(), w.requested().version(), release)));
        wanted.others().keySet().stream()
                .filter(name -> !seen.companions().containsKey(name))
                .forEach(name -> remarks.add("%s ran %s with %s and no longer exists; it is not made anew"
                        .formatted(name, revisionOf(name).version(), release)));
        seen.config().keySet().stream()
                .filter(name -> !wanted.config().containsKey(name))
                .forEach(name -> remarks.add(
                        "config %s stays as it is: what it held with %s is not recorded".formatted(name, release)));
        return remarks;
    }

    private Revision revisionOf(String name) {
        var revision = wanted.others().get(name);
        if (revision == null) {
            throw new IllegalStateException("not a companion: " + name);
        }
        return revision;
    }
}
