package lastgood.prometheus;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Measures;
import lastgood.engine.port.Unreachable;

/// Asks a Prometheus a query of the team's own. It is worked out on the server, so it serves checks and screens; no
/// proof rests on it.
public final class PrometheusMeasures implements Measures {

    private final Prometheus prometheus;
    private final Map<ServiceRef, Watched> services;
    private final Instances instances;

    public PrometheusMeasures(Prometheus prometheus, Map<ServiceRef, Watched> services, Instances instances) {
        this.prometheus = prometheus;
        this.services = Map.copyOf(services);
        this.instances = instances;
    }

    @Override
    public Measured ask(ServiceRef service, Optional<Release> release, Question question) {
        var asked = question.text();
        try {
            var values = new TreeMap<String, String>();
            values.put("service", service.service());
            values.put("environment", service.environment());
            values.put("window", window(question));
            values.put("version", release.map(r -> r.version().text()).orElse(""));
            Optional.ofNullable(services.get(service)).ifPresent(w -> values.putAll(w.labels()));
            if (question.has("pods")) {
                var pods = instances.patterns(
                        service, release.map(r -> r.revision().digest()));
                if (pods.isEmpty()) {
                    return new Measured.Unknown("no pod of it is known", asked);
                }
                values.put("pods", String.join("|", pods));
            }
            asked = question.filled(values);
            return answer(prometheus.numbers(asked), asked);
        } catch (Unreachable | Forbidden e) {
            return new Measured.Unknown(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("no answer"), asked);
        }
    }

    private static String window(Question question) {
        var window = question.window();
        return window.toMillisPart() == 0 && !window.isZero()
                ? window.toSeconds() + "s"
                : Math.max(1, window.toMillis()) + "ms";
    }

    private static Measured answer(List<Double> numbers, String asked) {
        if (numbers.isEmpty()) {
            return new Measured.Unknown("nothing is measured under these names and labels", asked);
        }
        if (numbers.size() > 1) {
            return new Measured.Unknown(
                    "it answers %d series, and one number is needed: add them up, as in sum(...)"
                            .formatted(numbers.size()),
                    asked);
        }
        var value = numbers.getFirst();
        return Double.isFinite(value)
                ? new Measured.One(value, asked)
                : new Measured.Unknown(
                        value.isNaN()
                                ? "it answers NaN, as a share of no requests does"
                                : "it answers %s".formatted(value > 0 ? "+Inf" : "-Inf"),
                        asked);
    }
}
