package lastgood.engine.port;

import lastgood.core.RunId;

/// Who makes a change, stamped onto what is changed, so that whoever looks later can tell whose wish it was.
///
/// @param step the step's id in the run's plan
/// @param epoch the owner's turn; a later owner has a higher one
public record Fence(RunId run, String step, int epoch) {

    /// The same effect bears the same key, whoever tries it and however often.
    public String key() {
        return run + "/" + step;
    }
}
