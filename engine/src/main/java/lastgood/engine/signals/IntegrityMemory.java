package lastgood.engine.signals;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lastgood.core.ServiceRef;
import lastgood.core.data.IntegrityReport;
import lastgood.core.data.IntegrityReport.Finding;
import lastgood.core.data.IntegrityReport.Standing;

/// What the data looked like before, so that a finding can be dated: what was broken before a release is not its
/// fault.
public interface IntegrityMemory {

    /// @param comprehensive a thorough look sees more, so it is compared with thorough looks only
    State read(ServiceRef service, boolean comprehensive);

    void write(ServiceRef service, boolean comprehensive, State state);

    /// Forgets with the process.
    static IntegrityMemory ofThisProcess() {
        return new IntegrityMemory() {
            private final Map<String, State> states = new HashMap<>();

            @Override
            public synchronized State read(ServiceRef service, boolean comprehensive) {
                return states.getOrDefault(service + " " + comprehensive, State.NONE);
            }

            @Override
            public synchronized void write(ServiceRef service, boolean comprehensive, State state) {
                states.put(service + " " + comprehensive, state);
            }
        };
    }

    /// @param answered by check, when it was last looked at in full
    /// @param broken by check and object, what is broken now
    record State(Map<String, Instant> answered, Map<String, Broken> broken) {
        public static final State NONE = new State(Map.of(), Map.of());

        public State {
            answered = Collections.unmodifiableMap(new TreeMap<>(answered));
            broken = Collections.unmodifiableMap(new TreeMap<>(broken));
        }

        /// @param at when the look began
        State after(IntegrityReport report, Instant at) {
            var unknown = report.findings().stream()
                    .filter(f -> f.standing() == Standing.UNKNOWN)
                    .map(Finding::check)
                    .collect(Collectors.toSet());
            var nowAnswered = new TreeMap<>(answered);
            var nowBroken = new TreeMap<>(broken);
            // What could not be looked at is as broken as it was.
            nowBroken.values().removeIf(b -> !unknown.contains(b.check()));
            for (var finding : report.findings()) {
                if (finding.standing() == Standing.FAIL) {
                    nowBroken.put(key(finding), since(finding, at));
                }
                if (!unknown.contains(finding.check())) {
                    nowAnswered.put(finding.check(), at);
                }
            }
            return new State(nowAnswered, nowBroken);
        }

        private Broken since(Finding finding, Instant at) {
            var before = broken.get(key(finding));
            return before == null
                    ? new Broken(
                            finding.check(),
                            finding.object(),
                            Optional.ofNullable(answered.get(finding.check())),
                            at,
                            said(finding))
                    : new Broken(finding.check(), finding.object(), before.lastSound(), before.seenAt(), said(finding));
        }

        private static String said(Finding finding) {
            return "%s of %s: %d, %s".formatted(finding.check(), finding.object(), finding.count(), finding.detail());
        }

        private static String key(Finding finding) {
            return finding.check() + " " + finding.object();
        }
    }

    /// @param lastSound when it was last seen whole; empty = never
    /// @param seenAt when it was first seen broken
    record Broken(String check, String object, Optional<Instant> lastSound, Instant seenAt, String words) {}
}
