package lastgood.config;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What may be done, when, and with whose consent.
///
/// @param severity the matrix, worst first; complete
/// @param decideWithin how long a decision may take after harm was seen
/// @param bake how long a release must run well before it counts as good
/// @param quarantine how long a bad release may not come back unnoticed
/// @param presumeGoodAfter how long a release must have served to be presumed good where none was ever judged; zero =
///     never
/// @param automatic what needs no person
public record PolicyConfig(
        Map<SeverityLevel, SeverityRule> severity,
        Duration decideWithin,
        Duration bake,
        Duration quarantine,
        Duration presumeGoodAfter,
        Automatic automatic) {

    /// @param environments where no person is needed, for rollbacks of these types
    /// @param types 1, 2
    /// @param temporal whether that holds for a release, too, that is bad since its deploy together with the old
    ///     version
    /// @param cooldown how long after an automatic rollback nothing more is rolled back automatically
    public record Automatic(Set<String> environments, Set<Integer> types, boolean temporal, Duration cooldown) {
        public Automatic {
            environments = Set.copyOf(environments);
            types = Set.copyOf(types);
        }
    }

    public PolicyConfig {
        severity = Collections.unmodifiableMap(new EnumMap<>(severity));
        if (severity.size() != SeverityLevel.values().length) {
            throw new IllegalArgumentException("the severity matrix needs all levels: " + severity.keySet());
        }
    }

    public SeverityRule rule(SeverityLevel level) {
        return Objects.requireNonNull(severity.get(level));
    }
}
