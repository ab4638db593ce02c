package lastgood.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Time;
import lastgood.engine.port.Unreachable;

/// Pods that count what a test tells them to, and time that passes when somebody waits.
final class FakePods implements Exporters, Time {

    final AtomicInteger reads = new AtomicInteger();
    final List<Fake> pods = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-23T12:00:00.000456789Z");

    /// Empty: the platform can say who is there.
    String lost = "";

    final class Fake {
        final String name;
        final Optional<Digest> revision;
        Optional<Instant> started = Optional.of(now);
        Optional<Answer> answers = Optional.empty();
        String requests = "http_requests_total";
        String status = "code";
        long good;
        long bad;
        boolean shows = true;
        String extra = "";

        Fake(String name, Digest revision) {
            this.name = name;
            this.revision = Optional.of(revision);
        }

        Fake old() {
            started = Optional.of(now.minus(Duration.ofDays(3)));
            return this;
        }

        void serve(long requests, long failed) {
            good += requests - failed;
            bad += failed;
        }

        void restart() {
            good = 0;
            bad = 0;
            started = Optional.of(now);
        }

        private Answer answer() {
            var lines = new StringBuilder("# TYPE x counter\n");
            var series = new TreeMap<String, Long>();
            if (shows && good > 0) {
                series.put("200", good);
            }
            if (shows && bad > 0) {
                series.put("503", bad);
            }
            series.forEach((code, n) ->
                    lines.append("%s{%s=\"%s\",handler=\"/pay\"} %d\n".formatted(requests, status, code, n)));
            if (shows) {
                lines.append("http_request_duration_seconds_bucket{handler=\"/pay\",le=\"0.50\"} %d\n".formatted(good));
                lines.append("http_request_duration_seconds_bucket{handler=\"/\",le=\"0.5\"} 0\n");
                lines.append("http_request_duration_seconds_bucket{handler=\"/pay\",le=\"+Inf\"} %d\n"
                        .formatted(good + bad));
            }
            return new Answer.Text((lines + extra).getBytes(UTF_8), "text/plain; version=0.0.4");
        }
    }

    Fake pod(String name, Digest revision) {
        var pod = new Fake(name, revision);
        pods.add(pod);
        return pod;
    }

    @Override
    public List<Exporter> of(ServiceRef service) {
        if (!lost.isEmpty()) {
            throw new Unreachable(lost);
        }
        return pods.stream()
                .map(p -> new Exporter(service, p.name, p.revision, p.started))
                .toList();
    }

    @Override
    public Answer read(Exporter exporter) {
        reads.incrementAndGet();
        if (!lost.isEmpty()) {
            throw new Unreachable(lost);
        }
        return pods.stream()
                .filter(p -> p.name.equals(exporter.name()))
                .findFirst()
                .map(p -> p.answers.orElseGet(p::answer))
                .orElse(new Answer.Gone());
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void pause(Duration duration) {
        now = now.plus(duration);
    }
}
