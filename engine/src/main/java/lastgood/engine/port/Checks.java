package lastgood.engine.port;

import java.time.Instant;
import java.util.Set;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Check;
import lastgood.core.recover.Sample;

/// Asks the checklist's questions of the world. A check that cannot be answered is UNKNOWN with its reason;
/// nothing is thrown for it.
public interface Checks {

    /// @param since measurements older than this say nothing about the release now running
    /// @param full all checks, or only those that are cheap enough to ask each time
    Sample ask(ServiceRef service, Release release, Instant since, boolean full);

    /// Only these. Whoever can ask each by itself does; else the smallest sample that has them is asked, and the rest
    /// of it is left out.
    default Sample some(ServiceRef service, Release release, Instant since, Set<Check> wanted) {
        var cheap = only(wanted, ask(service, release, since, false));
        return cheap.results().size() == wanted.size() ? cheap : only(wanted, ask(service, release, since, true));
    }

    private static Sample only(Set<Check> wanted, Sample sample) {
        return new Sample(
                sample.results().stream()
                        .filter(r -> wanted.contains(r.check()))
                        .toList(),
                false);
    }
}
