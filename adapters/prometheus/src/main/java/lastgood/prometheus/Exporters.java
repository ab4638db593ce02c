package lastgood.prometheus;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;

/// The pods of a service, which can be asked for their counters one by one: the platform knows how.
public interface Exporters {

    /// Those that run now.
    ///
    /// @throws Unreachable if nobody can say
    /// @throws Forbidden if we may not know
    List<Exporter> of(ServiceRef service);

    /// What it shows now. Within a limited time, and not more than it is worth; whatever it does wrong is an answer.
    Answer read(Exporter exporter);

    /// @param name unique within its service, such as the pod's
    /// @param revision empty: nobody can tell
    /// @param started its process, by the platform's clock; empty: not known
    record Exporter(ServiceRef service, String name, Optional<Digest> revision, Optional<Instant> started) {}

    sealed interface Answer {

        /// @param type its `Content-Type`; empty if it said none
        @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
        record Text(byte[] body, String type) implements Answer {}

        /// Nobody answers there. Where others of the service do, that is evidence.
        record Silent(String why) implements Answer {}

        /// It has gone meanwhile, as pods do.
        record Gone() implements Answer {}

        /// It may be well, but we cannot read it: a missing right, a wrong port or path, more than we take. Never
        /// evidence.
        record Unusable(String why) implements Answer {}
    }
}
