package lastgood.engine.steps;

import java.util.TreeMap;
import lastgood.core.plan.Step;
import lastgood.engine.port.EvidenceStore;

/// Keeps what will be gone in a minute. Nothing waits for it longer than its budget.
final class EvidenceHandler implements StepHandler<Step.CaptureEvidence> {

    private final EvidenceStore evidence;

    EvidenceHandler(EvidenceStore evidence) {
        this.evidence = evidence;
    }

    @Override
    public Sighting look(Step.CaptureEvidence step, String key) {
        return evidence.find(key)
                .<Sighting>map(Sighting.Done::new)
                .orElseGet(() -> new Sighting.NotYet(
                        new TreeMap<>(), _ -> evidence.capture(step.service(), step.budget(), key)));
    }
}
