package lastgood.core.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import lastgood.core.Severity;
import lastgood.core.Verdict;
import lastgood.core.decide.Finding.From;
import lastgood.core.decide.Symptom.ErrorRate;
import lastgood.core.decide.Symptom.Word;
import lastgood.core.detect.Assessment;
import lastgood.core.detect.Grade;
import lastgood.core.detect.Increase;
import lastgood.core.detect.Suspicion;

/// All that speaks against a release, each with its severity by the matrix. Whose fault it is is asked elsewhere.
///
/// @param all the worst first
/// @param ignored what was heard and does not count, a line each
record Findings(List<Finding> all, List<String> ignored) {

    Findings {
        all = List.copyOf(all);
        ignored = List.copyOf(ignored);
    }

    static Findings of(Situation s) {
        var found = new ArrayList<Finding>();
        var ignored = new ArrayList<String>();
        s.assessment().ifPresent(a -> new Counted(s, a).find(found, ignored));
        for (var signal : s.signals()) {
            if (s.rules().triggers().enabled(signal.trigger())) {
                found.add(heard(s, signal));
            } else {
                ignored.add("%s says: %s; not counted, the trigger `%s` is switched off"
                        .formatted(signal.source(), signal.words(), signal.trigger()));
            }
        }
        found.sort(Comparator.comparing(Finding::severity).thenComparing(Finding::from));
        return new Findings(found, ignored);
    }

    Stream<Finding> from(From from) {
        return all.stream().filter(f -> f.from() == from);
    }

    /// The higher of two wins.
    Optional<Severity> worst() {
        return all.stream().map(Finding::severity).min(Comparator.naturalOrder());
    }

    Optional<Severity> worst(From from) {
        return from(from).map(Finding::severity).min(Comparator.naturalOrder());
    }

    List<Trigger> triggers() {
        return all.stream().flatMap(f -> f.trigger().stream()).distinct().toList();
    }

    private static Finding heard(Situation s, Signal signal) {
        var severity = signal.severity().orElseGet(() -> s.rules().matrix().severityOf(word(signal)));
        return new Finding(
                Optional.of(signal.trigger()),
                severity,
                signal.weight() == Signal.Weight.PROOF ? From.FACT : From.RUMOUR,
                signal.since(),
                "%s says: %s (%s)".formatted(signal.source(), signal.words(), severity));
    }

    private static Word word(Signal signal) {
        return switch (signal.trigger()) {
            // An alert for errors or for latency that says no severity of its own: the mildest that makes somebody
            // look.
            case ERROR_RATE, PERFORMANCE -> Word.LATENCY;
            case CRITICAL -> signal.source().equals(Signal.AUTH) ? Word.AUTH : Word.CRITICAL;
            case CORRUPTION -> Word.DATA_LOSS;
            case SECURITY -> Word.SECURITY;
            case MIGRATION -> Word.MIGRATION;
            case CANARY -> Word.CANARY;
        };
    }

    /// What the counts prove.
    private record Counted(Situation s, Assessment a) {

        void find(List<Finding> found, List<String> ignored) {
            if (!(a.verdict() instanceof Verdict.Fail)) {
                return;
            }
            var before = found.size();
            outage(found);
            errors(found, ignored);
            latency(found, ignored);
            routes(found);
            canary(found);
            if (found.size() == before) {
                found.add(counted(Optional.empty(), Severity.SEV4, "worse, by less than any trigger asks for"));
            }
        }

        private void outage(List<Finding> found) {
            if (!(a.grade() instanceof Grade.Proved(var severity)) || severity != Severity.SEV1) {
                return;
            }
            var errors = a.increase().provedAbove(Grade.OUTAGE_ABOVE);
            var trigger = errors ? Trigger.ERROR_RATE : Trigger.CRITICAL;
            if (rules().enabled(trigger)) {
                var words = errors ? "nobody is served by the new version" : "no instance of it answers";
                found.add(counted(Optional.of(trigger), matrix().severityOf(Word.OUTAGE), words));
            }
        }

        private void errors(List<Finding> found, List<String> ignored) {
            var limit = rules().errorRate().above().share(a.expected());
            if (!rules().errorRate().enabled() || !a.increase().provedAbove(0)) {
                return;
            }
            if (!a.increase().provedAbove(limit)) {
                found.add(counted(Optional.empty(), Severity.SEV4, "errors rose by " + a.increase()));
            } else if (tooShort(rules().errorRate().lasting(), ignored)) {
                found.add(counted(Optional.empty(), Severity.SEV4, "errors rose by " + a.increase()));
            } else {
                found.add(counted(
                        Optional.of(Trigger.ERROR_RATE), ofErrors(a.increase()), "errors rose by " + a.increase()));
            }
        }

        private Severity ofErrors(Increase increase) {
            for (var severity : Severity.values()) {
                for (var symptom : matrix().rule(severity).when()) {
                    if (symptom instanceof ErrorRate rate && holds(rate, increase)) {
                        return severity;
                    }
                }
            }
            return Severity.SEV4;
        }

        private void latency(List<Finding> found, List<String> ignored) {
            if (rules().latency().enabled()
                    && a.twiceAsSlow()
                    && !tooShort(rules().latency().lasting(), ignored)) {
                found.add(counted(
                        Optional.of(Trigger.PERFORMANCE),
                        matrix().severityOf(Word.LATENCY),
                        "answers take more than twice as long as the reference's"));
            }
        }

        private void routes(List<Finding> found) {
            if (rules().enabled(Trigger.CRITICAL)) {
                a.brokenRoutes()
                        .forEach(route -> found.add(counted(
                                Optional.of(Trigger.CRITICAL),
                                matrix().severityOf(Word.CRITICAL),
                                "more than half of the requests to %s fail".formatted(route))));
            }
        }

        private void canary(List<Finding> found) {
            if (s.stage() == Situation.Stage.CANARY && rules().canary().enabled()) {
                found.add(counted(
                        Optional.of(Trigger.CANARY),
                        matrix().severityOf(Word.CANARY),
                        "the canary is worse than the version beside it"));
            }
        }

        private boolean tooShort(Duration lasting, List<String> ignored) {
            var since = Duration.between(suspectedSince(s, a).orElse(s.now()), s.now());
            if (since.compareTo(lasting) >= 0) {
                return false;
            }
            ignored.add("it has lasted %s of the %s that the trigger asks for"
                    .formatted(lastgood.core.Words.duration(since), lastgood.core.Words.duration(lasting)));
            return true;
        }

        private Finding counted(Optional<Trigger> trigger, Severity severity, String words) {
            return new Finding(
                    trigger,
                    severity,
                    From.COUNTS,
                    suspectedSince(s, a).orElse(s.now()),
                    "%s (%s)".formatted(words, severity));
        }

        private TriggerRules rules() {
            return s.rules().triggers();
        }

        private SeverityMatrix matrix() {
            return s.rules().matrix();
        }
    }

    /// Proved, not estimated: an increase between two borders belongs to the milder row until more is known.
    private static boolean holds(ErrorRate rate, Increase increase) {
        return switch (rate.is()) {
            case ABOVE, AT_LEAST -> increase.provedAbove(rate.share());
            case BELOW, AT_MOST -> increase.provedAbove(0) && increase.provedBelow(rate.share());
        };
    }

    /// The first time that the counts spoke against it at 20 to 1.
    static Optional<Instant> suspectedSince(Situation s, Assessment a) {
        return switch (a.suspicion()) {
            case Suspicion.None() -> Optional.empty();
            case Suspicion.Since(var since, var _) -> Optional.of(s.start().plus(since));
        };
    }
}
