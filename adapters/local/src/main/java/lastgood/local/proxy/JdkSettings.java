package lastgood.local.proxy;

import java.net.URI;
import java.net.http.HttpRequest;

/// What the JDK's HTTP server and client are to do differently. The JDK reads these once, when the first of them is
/// made in this process, so every place of ours that makes one calls this first.
public final class JdkSettings {

    private JdkSettings() {}

    public static void apply() {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        // a client may keep its idle connection for longer than it usually does without us closing it under its feet
        System.setProperty("sun.net.httpserver.idleInterval", "120");
        System.setProperty("sun.net.httpserver.maxIdleConnections", "1000");
        System.setProperty("jdk.httpserver.maxConnections", "4000");
        // a request that has not arrived after five minutes never will
        System.setProperty("sun.net.httpserver.maxReqTime", "300");
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
        // shorter than the 5 s after which the first servers (Node) close an idle connection under ours
        System.setProperty("jdk.httpclient.keepalive.timeout", "4");
        System.setProperty("jdk.httpclient.disableRetryConnect", "true");
    }

    /// Without `Host`, services behind the proxy would take every request for one to 127.0.0.1.
    public static void requireHostHeader() {
        try {
            HttpRequest.newBuilder(URI.create("http://127.0.0.1/")).header("Host", "example.org");
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "an HTTP client was made before JdkSettings.apply(), so the proxy cannot pass `Host` on", e);
        }
    }
}
