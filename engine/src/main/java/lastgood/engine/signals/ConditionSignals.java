package lastgood.engine.signals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.Words;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Trigger;
import lastgood.engine.QueriedChecks;
import lastgood.engine.port.Measures;
import lastgood.engine.port.Signals;
import lastgood.engine.port.Time;

/// Conditions of the team's own: queries that answer 1 while a trigger holds and 0 while it does not.
///
/// They are worth what somebody's alert is worth: a suspicion. A query that one wrote for the purpose compares nothing
/// with the old release and has no bound on how often it is wrong, so it starts the clock, pauses and prepares; going
/// back alone rests on counts. Whatever is neither 1 nor 0 is no answer, and is said.
public final class ConditionSignals implements Signals {

    /// More often than samples are taken, as a rule, nothing new is to be seen.
    static final Duration EVERY = Duration.ofSeconds(15);

    private final Measures measures;
    private final List<Condition> conditions;
    private final Time time;
    private final Map<Trigger, Instant> held = new HashMap<>();
    private String about = "";

    /// @param lasting how long it has to hold; zero: once is enough
    public record Condition(Trigger trigger, Measures.Question question, Duration lasting) {}

    public ConditionSignals(Measures measures, List<Condition> conditions, Time time) {
        this.measures = measures;
        this.conditions = List.copyOf(conditions);
        this.time = time;
    }

    @Override
    public synchronized Heard hear(Asked asked) {
        var service = asked.service();
        var release = asked.release();
        var subject = "%s %d".formatted(service, release.number());
        if (!subject.equals(about)) {
            about = subject;
            held.clear();
        }
        var signals = new ArrayList<Signal>();
        var deaf = new ArrayList<String>();
        for (var condition : conditions) {
            var name = "query of %s".formatted(condition.trigger());
            switch (measures.ask(service, Optional.of(release), condition.question())) {
                case Measures.Measured.One(var value, var _) when value == 1 -> holds(condition, signals, deaf, name);
                case Measures.Measured.One(var value, var _) when value == 0 -> held.remove(condition.trigger());
                case Measures.Measured.One(var value, var _) ->
                    deaf.add("%s: it answers %s, and a condition answers 1 or 0"
                            .formatted(name, QueriedChecks.shown(value)));
                case Measures.Measured.Unknown(var why, var _) -> deaf.add("%s: %s".formatted(name, why));
            }
        }
        return new Heard(signals, deaf);
    }

    private void holds(Condition condition, List<Signal> signals, List<String> deaf, String name) {
        var since = held.computeIfAbsent(condition.trigger(), _ -> time.now());
        var lasted = Duration.between(since, time.now());
        if (lasted.compareTo(condition.lasting()) < 0) {
            deaf.add("%s: it holds since %s, and has to for %s"
                    .formatted(
                            name,
                            since.truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
                            Words.duration(condition.lasting())));
            return;
        }
        signals.add(new Signal(
                condition.trigger(),
                "query/" + condition.trigger().name().toLowerCase(java.util.Locale.ROOT),
                name,
                since,
                Optional.empty(),
                Signal.Weight.SUSPICION,
                "the team's condition holds; that alone does not tell whose fault it is"));
    }
}
