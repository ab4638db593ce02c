package lastgood.local.proxy;

import lastgood.core.Revision;

/// An instance, as far as the proxy needs to know it.
public interface Backend {
    String id();

    int port();

    Revision revision();

    int inFlight();

    /// Takes one more request; false if it is being stopped, so that it can count on getting none after that.
    boolean enter();

    void leave();

    /// It could not be reached just now.
    void unreachable();
}
