package lastgood.kubernetes.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import lastgood.core.InvalidName;
import lastgood.core.RunId;
import lastgood.engine.journal.Damaged;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.objects.Trees;

/// Journals as `Rollback` records of a namespace: whoever can reach the cluster can carry a run on.
///
/// An append writes the whole status under the object's `resourceVersion`: the API server keeps one of two writers
/// out, which is the compare-and-swap, and etcd has it on the disks of most of its members before it answers. The
/// fields beside the journal (phase, step, outcome) are read off it at each append, for `kubectl get rollbacks`;
/// nothing reads them back.
public final class KubeJournals implements JournalStore {

    /// An object of etcd ends at 1.5 MiB; ten times less than this is usual for a long run.
    private static final int PACKED_MAX = 1_000_000;

    /// Labels may be changed by anybody between a look and a write; this often in a row is something else.
    private static final int TRIES = 5;

    private final Cabinet cabinet;
    private final String namespace;
    private final Map<RunId, Known> known = new ConcurrentHashMap<>();

    /// What this process last saw of a journal.
    private record Known(JsonNode object, List<String> lines) {}

    public KubeJournals(Cabinet cabinet, String namespace) {
        this.cabinet = cabinet;
        this.namespace = namespace;
    }

    @Override
    public List<RunId> runs() {
        var runs = new ArrayList<RunId>();
        for (var object : cabinet.list(Records.ROLLBACK, namespace, "")) {
            if (object.path("status").hasNonNull("journal")) {
                name(object).ifPresent(run -> {
                    keep(run, object);
                    runs.add(run);
                });
            }
        }
        return runs;
    }

    private static Optional<RunId> name(JsonNode object) {
        try {
            return Optional.of(new RunId(Trees.name(object)));
        } catch (InvalidName somebodyElsesObject) {
            return Optional.empty();
        }
    }

    @Override
    public List<String> read(RunId run) {
        return look(run).map(Known::lines).orElse(List.of());
    }

    private Optional<Known> look(RunId run) {
        return cabinet.find(Records.ROLLBACK, namespace, run.text()).map(object -> keep(run, object));
    }

    private Known keep(RunId run, JsonNode object) {
        var before = known.get(run);
        if (before != null && before.object().path("status").equals(object.path("status"))) {
            var same = new Known(object, before.lines());
            known.put(run, same);
            return same;
        }
        try {
            var lines = Packed.unpack(object.path("status").path("journal").asText(""));
            var now = new Known(object, List.copyOf(lines));
            known.put(run, now);
            return now;
        } catch (IllegalArgumentException e) {
            throw Damaged.journal(run, 0, "what the cluster holds of it cannot be read: " + e.getMessage());
        }
    }

    @Override
    public boolean append(RunId run, int seen, String line) {
        for (var tries = 0; tries < TRIES; tries++) {
            var there = tries == 0 ? Optional.ofNullable(known.get(run)) : look(run);
            if (there.isEmpty() || there.get().lines().size() != seen) {
                there = look(run);
            }
            if (there.isEmpty() && seen == 0) {
                there = begin(run, line);
            }
            if (there.isEmpty() || there.get().lines().size() != seen) {
                return false;
            }
            var lines = new ArrayList<>(there.get().lines());
            lines.add(line);
            if (write(run, there.get().object(), lines)) {
                return true;
            }
        }
        return false;
    }

    /// The object itself; its status, and with it the journal, is written in a request of its own. A crash in between
    /// leaves an object without a journal, which is no run.
    private Optional<Known> begin(RunId run, String line) {
        var opened = state(run, List.of(line)).opened();
        var object = cabinet.blank(
                Records.ROLLBACK, namespace, run.text(), opened.service().service());
        object.putObject("spec")
                .put("environment", opened.service().environment())
                .put("service", opened.service().service())
                .put("kind", opened.kind().word())
                .put("by", opened.by().name())
                .put("reason", opened.reason())
                .put("emergency", opened.emergency());
        return switch (cabinet.create(Records.ROLLBACK, namespace, object)) {
            case Answer.Ok(var made) -> Optional.of(keep(run, made));
            case Answer.Refused(var refusal, var _) when refusal.conflict() -> look(run);
            case Answer.Refused refused -> throw refused.failure();
        };
    }

    /// False: the object has changed since.
    private boolean write(RunId run, JsonNode object, List<String> lines) {
        var changed = (ObjectNode) object.deepCopy();
        changed.set("status", status(run, lines));
        Answer answer;
        try {
            answer = cabinet.replace(Records.ROLLBACK, namespace, changed);
        } catch (Unreachable e) {
            // It may be there or not: whoever comes next reads.
            known.remove(run);
            throw e;
        }
        return switch (answer) {
            case Answer.Ok(var now) -> {
                keep(run, now);
                yield true;
            }
            case Answer.Refused(var refusal, var _)
            when refusal.conflict() || refusal.notFound() -> {
                known.remove(run);
                yield false;
            }
            case Answer.Refused refused ->
                throw new Forbidden("%s\nwithout a record nothing is changed: production was not touched by this step"
                        .formatted(refused.failure().getMessage()));
        };
    }

    private ObjectNode status(RunId run, List<String> lines) {
        var packed = Packed.pack(lines);
        if (packed.length() > PACKED_MAX) {
            throw new Forbidden(
                    "the journal of %s has become too long for an object of the cluster (%d bytes)\nnothing was changed by this step"
                            .formatted(run, packed.length()));
        }
        var state = state(run, lines);
        var status = Api.JSON.createObjectNode();
        status.put("phase", state.status().words());
        if (state.isPlanned()) {
            status.put("from", state.plan().from()).put("to", state.plan().to());
            state.plan().steps().stream()
                    .filter(s -> state.phase(s.id()) == RunState.StepPhase.INTENDED)
                    .reduce((_, later) -> later)
                    .ifPresent(s -> status.put("step", s.id()));
        }
        state.unknown().ifPresent(u -> status.put("question", u.question()));
        state.closed().ifPresent(c -> status.put("outcome", c.why()));
        status.put("owner", state.owner());
        status.put("records", lines.size());
        status.put("journal", packed);
        return status;
    }

    /// What the lines come to, as the engine reads them.
    private static RunState state(RunId run, List<String> lines) {
        var fixed = new JournalStore() {
            @Override
            public List<RunId> runs() {
                return List.of(run);
            }

            @Override
            public List<String> read(RunId of) {
                return lines;
            }

            @Override
            public boolean append(RunId of, int seen, String line) {
                throw new IllegalStateException("this is for reading");
            }
        };
        return Journal.open(fixed, run).state();
    }
}
