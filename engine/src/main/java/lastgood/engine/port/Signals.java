package lastgood.engine.port;

import java.time.Instant;
import java.util.List;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.decide.Signal;

/// What speaks against a release besides what the detector counts.
public interface Signals {

    Signals NONE = _ -> new Heard(List.of(), List.of());

    /// All that was heard since the release was put out and still holds.
    Heard hear(Asked asked);

    /// @param since when the release was put out
    /// @param suspected whether the counts speak against it at this moment: who asks at leisure asks now
    record Asked(ServiceRef service, Release release, Instant since, boolean suspected) {}

    /// @param deaf sources that could not be asked, and why; their silence says nothing
    record Heard(List<Signal> signals, List<String> deaf) {
        public Heard {
            signals = List.copyOf(signals);
            deaf = List.copyOf(deaf);
        }
    }
}
