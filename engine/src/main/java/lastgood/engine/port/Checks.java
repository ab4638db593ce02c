package lastgood.engine.port;

import java.time.Instant;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Sample;

/// Asks the checklist's questions of the world. A check that cannot be answered is UNKNOWN with its reason;
/// nothing is thrown for it.
public interface Checks {

    /// @param since measurements older than this say nothing about the release now running
    /// @param full all checks, or only those that are cheap enough to ask each time
    Sample ask(ServiceRef service, Release release, Instant since, boolean full);
}
