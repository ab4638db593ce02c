package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.feed.Pace;
import lastgood.core.feed.Party;
import lastgood.core.feed.Past;
import lastgood.engine.port.Telemetry.Question;

/// Where samples come from, for [SampledFeed], which makes the same of them whoever took them.
///
/// All of it throws [Unreachable] or [Forbidden] where nothing can be read: that is blindness with its reason.
interface Source {

    /// Up to when samples are there, by the clock that they bear. It may be what takes them.
    Instant settled(ServiceRef service);

    /// How it counts; the same for as long as the source lives.
    Dialect dialect(ServiceRef service);

    Pace pace(ServiceRef service, Instant before);

    /// Without a sample for so long nobody can be said to look.
    Duration silent(Pace pace);

    Stretches of(ServiceRef service, Optional<Digest> revision, Party party, Pace pace);

    /// Processes that began later are counted from their first request on.
    Instant countedFrom(Question question);

    /// Those of the question's that are counted.
    List<ServiceRef> guard(Question question);

    Past before(Instant start, Question question, Optional<Digest> old, Pace pace);

    /// What else a reader of the comparison has to know about this source.
    List<String> words();
}
