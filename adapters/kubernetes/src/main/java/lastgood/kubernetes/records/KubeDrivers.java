package lastgood.kubernetes.records;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import lastgood.core.RunId;
import lastgood.engine.port.Drivers;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Kind;

/// Who drives a run, as a Lease that is renewed. It decides who *tries*; clocks that differ make two processes try,
/// which the journal's compare-and-swap sorts out. So nothing here is an error.
public final class KubeDrivers implements Drivers {

    private static final Duration EVERY = Duration.ofSeconds(2);

    /// Three renewals missed. A takeover after a crash takes about this long when nobody says "now".
    private static final Duration SILENT_MAX = Duration.ofSeconds(6);

    private final Api api;
    private final String namespace;
    private final String process;
    private final InstantSource clock;
    private final Map<RunId, Instant> renewed = new ConcurrentHashMap<>();

    /// @param process what others are shown
    public KubeDrivers(Api api, String namespace, String process, InstantSource clock) {
        this.api = api;
        this.namespace = namespace;
        this.process = process;
        this.clock = clock;
    }

    private static String name(RunId run) {
        return "lastgood-drives-" + run;
    }

    @Override
    public void beat(RunId run) {
        var now = clock.instant();
        if (Duration.between(renewed.getOrDefault(run, Instant.EPOCH), now).compareTo(EVERY) < 0) {
            return;
        }
        renewed.put(run, now);
        try {
            renew(run, now);
        } catch (Unreachable | Forbidden e) {
            // The run goes on without: the lease is only for those who look.
        }
    }

    private void renew(RunId run, Instant now) {
        var lease = api.find(Kind.LEASE, namespace, name(run));
        if (lease.isPresent()) {
            var _ = api.patch(
                    Kind.LEASE,
                    namespace,
                    name(run),
                    JsonPatch.of(lease.get())
                            .set("/spec/holderIdentity", process)
                            .set("/spec/renewTime", text(now)));
            return;
        }
        var made = api.object(Kind.LEASE, namespace, name(run));
        ((ObjectNode) made.path("metadata")).putObject("labels").put("lastgood.dev/run", run.text());
        made.putObject("spec").put("holderIdentity", process).put("renewTime", text(now));
        var _ = api.create(Kind.LEASE, namespace, made);
    }

    /// The API wants exactly six digits of a second.
    private static String text(Instant at) {
        return java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
                .withZone(java.time.ZoneOffset.UTC)
                .format(at.truncatedTo(ChronoUnit.MICROS));
    }

    @Override
    public void leave(RunId run) {
        renewed.remove(run);
        try {
            api.find(Kind.LEASE, namespace, name(run))
                    .filter(l -> l.path("spec").path("holderIdentity").asText().equals(process))
                    .ifPresent(l -> {
                        Answer _ = api.delete(Kind.LEASE, namespace, name(run), l);
                    });
        } catch (Unreachable | Forbidden e) {
            // It runs out by itself.
        }
    }

    @Override
    public Optional<String> alive(RunId run) {
        return api.find(Kind.LEASE, namespace, name(run))
                .filter(l -> heard(l.path("spec").path("renewTime").asText("")))
                .map(l -> l.path("spec").path("holderIdentity").asText());
    }

    private boolean heard(String at) {
        try {
            return Instant.parse(at).plus(SILENT_MAX).isAfter(clock.instant());
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
