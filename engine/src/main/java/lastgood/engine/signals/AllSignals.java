package lastgood.engine.signals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import lastgood.core.decide.Signal;
import lastgood.core.decide.TriggerRules;
import lastgood.core.recover.Check;
import lastgood.engine.Ports;
import lastgood.engine.port.Measures;
import lastgood.engine.port.Signals;

/// Hears every source that the team's rules leave on. A source that fails is deaf and keeps no other from being
/// heard: its silence must never look like "nothing was found".
public final class AllSignals implements Signals {

    /// The history of migrations is a few queries; a failed one is no less failed a minute later.
    static final Duration MIGRATIONS_EVERY = Duration.ofMinutes(1);

    private final List<Source> sources;

    AllSignals(List<Source> sources) {
        this.sources = List.copyOf(sources);
    }

    /// @param name what people call it
    record Source(String name, Signals signals) {}

    /// What a service's sources need besides the ports.
    ///
    /// @param askable checks that can be asked here: the platform's own, and those that the team configured
    /// @param hasDatabase whether the service has one
    /// @param memory what the data looked like before
    /// @param reports what other systems sent: an inbox; [Signals#NONE] = nobody sends anything
    /// @param background where a long look at the data runs; `Runnable::run` = here and now, for a single question
    /// @param pace how often checks are asked
    /// @param measures who answers the team's own conditions
    /// @param conditions of the triggers that are on
    public record Parts(
            Set<Check> askable,
            boolean hasDatabase,
            IntegrityMemory memory,
            Signals reports,
            Executor background,
            CheckSignals.Pace pace,
            Measures measures,
            List<ConditionSignals.Condition> conditions) {
        public Parts {
            askable = Set.copyOf(askable);
            conditions = List.copyOf(conditions);
        }

        /// Without conditions of the team's own.
        public Parts(
                Set<Check> askable,
                boolean hasDatabase,
                IntegrityMemory memory,
                Signals reports,
                Executor background,
                CheckSignals.Pace pace) {
            this(askable, hasDatabase, memory, reports, background, pace, Measures.NONE, List.of());
        }
    }

    /// The sources of one service on any platform; what is switched off is not asked.
    public static AllSignals of(TriggerRules rules, Ports ports, Parts parts) {
        var sources = new ArrayList<Source>();
        var time = ports.time();
        if (rules.critical().enabled()) {
            sources.add(new Source(
                    "checks", new CheckSignals(ports.checks(), rules.critical(), parts.askable(), parts.pace(), time)));
        }
        if (rules.security().enabled()) {
            sources.add(new Source("ledger", new RevokedSignals(ports.ledgers())));
        }
        if (rules.migration().enabled() && rules.migration().onFailure()) {
            sources.add(new Source("runs", new FailedRunSignals(ports.ledgers(), ports.journals())));
        }
        if (parts.hasDatabase()
                && rules.migration().enabled()
                && rules.migration().onFailure()) {
            sources.add(new Source(
                    "migrations",
                    new Paced(
                            "migrations", new MigrationSignals(ports.databases().schemas()), MIGRATIONS_EVERY, time)));
        }
        if (parts.hasDatabase() && rules.corruption().enabled()) {
            sources.add(new Source(
                    "integrity",
                    new IntegritySignals(
                            ports.databases().integrity(),
                            rules.corruption(),
                            parts.memory(),
                            parts.background(),
                            time)));
        }
        var conditions = parts.conditions().stream()
                .filter(c -> rules.enabled(c.trigger()))
                .toList();
        if (!conditions.isEmpty()) {
            sources.add(new Source(
                    "queries",
                    new Paced(
                            "queries",
                            new ConditionSignals(parts.measures(), conditions, time),
                            ConditionSignals.EVERY,
                            time)));
        }
        sources.add(new Source("inbox", parts.reports()));
        return new AllSignals(sources);
    }

    @Override
    public Heard hear(Asked asked) {
        var signals = new LinkedHashMap<String, Signal>();
        var deaf = new ArrayList<String>();
        for (var source : sources) {
            var heard = hear(source, asked);
            heard.signals().forEach(s -> signals.merge(s.id(), s, AllSignals::stronger));
            deaf.addAll(heard.deaf());
        }
        return new Heard(List.copyOf(signals.values()), deaf);
    }

    static Heard hear(Source source, Asked asked) {
        try {
            return source.signals().hear(asked);
        } catch (RuntimeException e) {
            // A mistake of ours in one source silences that one only, and aloud.
            return new Heard(List.of(), List.of("%s: %s".formatted(source.name(), said(e))));
        }
    }

    /// The fact of a message, without its hints.
    static String said(RuntimeException e) {
        var message = e.getMessage();
        return message == null || message.isBlank()
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("no answer");
    }

    private static Signal stronger(Signal one, Signal other) {
        return other.weight() == Signal.Weight.PROOF ? other : one;
    }
}
