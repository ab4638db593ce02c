package lastgood.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Prediction;
import lastgood.engine.journal.Damaged;
import lastgood.engine.journal.Entry.Outcome;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.Drivers;
import lastgood.engine.port.JournalStore;

/// All runs that have a journal: the history, and what is going on.
public final class Runs {

    private final JournalStore journals;
    private final Drivers drivers;

    /// What is over stays over. Whoever asks each second, as a watch does, reads a year of journals only once.
    private final Map<RunId, Over> over = new ConcurrentHashMap<>();

    private record Over(ServiceRef service, Instant opened) {}

    public Runs(JournalStore journals, Drivers drivers) {
        this.journals = journals;
        this.drivers = drivers;
    }

    /// A run as its journal has it, or why that cannot be read.
    public sealed interface Listed {
        RunId run();

        record Known(Journal journal) implements Listed {
            @Override
            public RunId run() {
                return journal.run();
            }

            public RunState state() {
                return journal.state();
            }
        }

        record Lost(RunId run, String why) implements Listed {}
    }

    /// The newest first. A damaged journal does not hide the others.
    public List<Listed> all() {
        var readable = new ArrayList<Listed.Known>();
        var unreadable = new ArrayList<Listed>();
        for (var run : journals.runs()) {
            try {
                var journal = Journal.open(journals, run);
                if (journal.state().isPlanned()) {
                    readable.add(new Listed.Known(journal));
                }
            } catch (Damaged e) {
                unreadable.add(new Listed.Lost(run, e.getMessage()));
            }
        }
        readable.sort(
                Comparator.comparing((Listed.Known r) -> r.state().openedAt()).reversed());
        var all = new ArrayList<Listed>(readable);
        all.addAll(unreadable);
        return all;
    }

    public List<Listed.Known> of(ServiceRef service) {
        return all().stream()
                .filter(Listed.Known.class::isInstance)
                .map(Listed.Known.class::cast)
                .filter(r -> r.state().opened().service().equals(service))
                .toList();
    }

    public Optional<Listed.Known> active(ServiceRef service) {
        return journals.runs().stream()
                .filter(run -> !over.containsKey(run))
                .flatMap(run -> read(run).stream())
                .filter(r -> r.state().opened().service().equals(service))
                .filter(r -> r.state().status().active())
                .max(Comparator.comparing(r -> r.state().openedAt()));
    }

    /// Those that were opened after that, the newest first.
    public List<Listed.Known> since(ServiceRef service, Instant from) {
        return journals.runs().stream()
                .filter(run -> {
                    var known = over.get(run);
                    return known == null
                            || (known.service().equals(service)
                                    && known.opened().isAfter(from));
                })
                .flatMap(run -> read(run).stream())
                .filter(r -> r.state().opened().service().equals(service)
                        && r.state().openedAt().isAfter(from))
                .sorted(Comparator.comparing((Listed.Known r) -> r.state().openedAt())
                        .reversed())
                .toList();
    }

    private Optional<Listed.Known> read(RunId run) {
        try {
            var journal = Journal.open(journals, run);
            if (!journal.state().isPlanned()) {
                return Optional.empty();
            }
            var state = journal.state();
            if (!state.status().active()) {
                over.put(run, new Over(state.opened().service(), state.openedAt()));
            }
            return Optional.of(new Listed.Known(journal));
        } catch (Damaged e) {
            // It is listed by `all`, with the reason.
            return Optional.empty();
        }
    }

    /// Runs that want to go on and that nobody carries on: what a crash leaves behind.
    public List<Listed.Known> abandoned() {
        return all().stream()
                .filter(Listed.Known.class::isInstance)
                .map(Listed.Known.class::cast)
                .filter(r -> wantsToGoOn(r.journal()) && drivers.alive(r.run()).isEmpty())
                .toList();
    }

    private static boolean wantsToGoOn(Journal journal) {
        var state = journal.state();
        return switch (state.status()) {
            case RUNNING, VERIFYING -> true;
            case PLANNED, AWAITING_APPROVAL, PAUSED, NEEDS_HUMAN ->
                state.cancel().isPresent() || state.rejected().isPresent();
            case RECOVERED, NOT_RECOVERED, DONE, FAILED, CANCELLED -> Outbox.isOwed(journal);
        };
    }

    /// From finished runs of the same kind, type and strategy of this service.
    public Prediction predict(Plan plan) {
        List<Duration> took = of(plan.service()).stream()
                .filter(r -> isLike(r.state(), plan))
                .flatMap(r -> r.state().took().stream())
                .toList();
        return Prediction.from(took);
    }

    private static boolean isLike(RunState state, Plan plan) {
        var like = state.plan();
        return state.closed()
                        .map(c -> c.outcome() == Outcome.RECOVERED || c.outcome() == Outcome.DONE)
                        .orElse(false)
                && like.kind() == plan.kind()
                && like.type() == plan.type()
                && like.strategy().equals(plan.strategy())
                // A maintenance page and a salvage are both changes, and alike in nothing else.
                && (plan.kind() != Plan.Kind.CHANGE || like.to().equals(plan.to()));
    }
}
