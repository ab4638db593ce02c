package lastgood.local.agent;

import java.io.IOException;
import java.net.BindException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import lastgood.local.LocalService.Listen;
import lastgood.local.files.Failures;
import lastgood.local.proxy.Counters;
import lastgood.local.proxy.Routes;
import lastgood.local.proxy.ServiceProxy;
import org.jspecify.annotations.Nullable;

/// A service's port: open, or with a reason why not and tried again. A new port is opened before the old one is
/// closed, so a change of it that cannot be made leaves users where they were.
final class Door {

    private final Routes routes;
    private final Counters counters;
    private final HttpClient client;
    private final InstantSource clock;
    private @Nullable Listen open;
    private @Nullable ServiceProxy proxy;
    private String trouble = "not opened yet";

    Door(Routes routes, Counters counters, HttpClient client, InstantSource clock) {
        this.routes = routes;
        this.counters = counters;
        this.client = client;
        this.clock = clock;
    }

    Counters counters() {
        return counters;
    }

    synchronized String trouble() {
        return trouble;
    }

    /// @return why it does not listen there, or nothing
    synchronized String listen(Listen listen, Duration drain) {
        if (listen.equals(open)) {
            return "";
        }
        try {
            var next = new ServiceProxy(listen, routes, counters, client, clock);
            close(drain);
            proxy = next;
            open = listen;
            trouble = "";
        } catch (BindException e) {
            trouble = String.valueOf(e.getMessage()).contains("in use")
                    ? PortHolder.words(listen.port())
                    : "cannot listen on %s: %s".formatted(listen, e.getMessage());
        } catch (IOException | RuntimeException e) {
            trouble = "cannot listen on %s: %s"
                    .formatted(listen, e instanceof IOException io ? Failures.reason(io) : e.getMessage());
        }
        return trouble;
    }

    synchronized void close(Duration drain) {
        var old = proxy;
        if (old != null) {
            Thread.ofVirtual().name("closing-" + open).start(() -> old.close(drain));
            proxy = null;
            open = null;
        }
    }
}
