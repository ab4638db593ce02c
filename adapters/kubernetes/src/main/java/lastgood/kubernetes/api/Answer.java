package lastgood.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;

/// What came of a request that may be refused for a reason the caller knows how to meet.
public sealed interface Answer {
    record Ok(JsonNode object) implements Answer {}

    record Refused(Refusal refusal, String what) implements Answer {

        /// As an exception, when nothing better can be made of it.
        public RuntimeException failure() {
            return refusal.conflict() || refusal.testFailed()
                    ? new WorldMoved("could not %s: %s".formatted(what, refusal))
                    : new Forbidden("could not %s: %s\nnothing was changed by this request".formatted(what, refusal));
        }
    }

    /// The object; a refusal is thrown.
    default JsonNode orThrow() {
        return switch (this) {
            case Ok(var object) -> object;
            case Refused refused -> throw refused.failure();
        };
    }
}
