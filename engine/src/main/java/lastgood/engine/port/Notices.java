package lastgood.engine.port;

import lastgood.core.RunId;

/// Tells people. Called by the outbox only, never by what changes production.
public interface Notices {

    /// @param id the same notice has the same id, so that a sink may recognise a repetition
    void send(RunId run, String id, String text);
}
