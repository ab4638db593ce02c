package lastgood.probes;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Check;
import lastgood.core.recover.Probed;
import lastgood.engine.port.Probes;
import lastgood.engine.port.Time;

/// The team's own requests of the checklist, sent again and again in place of users.
///
/// Only those that read (GET) and go in where users' requests do: a login that is tried twice a second locks an
/// account,
/// and somebody else's service says nothing about this one.
public final class HttpProbes implements Probes {

    /// Two a second: 1,200 in ten minutes prove 0.2 % errors to be below 1 %, and no service notices them.
    private static final Duration PACE = Duration.ofMillis(500);

    private final Map<ServiceRef, CheckRules> rules;
    private final Time time;
    private final HttpAsk http = new HttpAsk();

    public HttpProbes(Map<ServiceRef, CheckRules> rules, Time time) {
        this.rules = Map.copyOf(rules);
        this.time = time;
    }

    /// Whether there is a request that may stand in for a user's.
    public static boolean any(CheckRules rules) {
        return questions(rules).findAny().isPresent();
    }

    @Override
    public Optional<Probed> send(ServiceRef service, Duration span, Duration late) throws InterruptedException {
        var own = rules.get(service);
        var questions = own == null ? List.<HttpCheck>of() : questions(own).toList();
        if (own == null || questions.isEmpty()) {
            return Optional.empty();
        }
        var began = time.now();
        var end = began.plus(span);
        var sent = 0L;
        var failed = 0L;
        var slow = 0L;
        for (var next = 0; time.now().isBefore(end); next++) {
            var since = time.now();
            var answer = http.isAnswered(own.baseUrl(), questions.get(next % questions.size()));
            var took = Duration.between(since, time.now());
            if (answer.isPresent()) {
                sent++;
                failed += answer.get() ? 0 : 1;
                slow += took.compareTo(late) > 0 ? 1 : 0;
            }
            var rest = PACE.minus(took);
            var left = Duration.between(time.now(), end);
            var pause = rest.compareTo(left) < 0 ? rest : left;
            if (pause.isPositive()) {
                time.pause(pause);
            }
        }
        return Optional.of(new Probed(time.now(), Duration.between(began, time.now()), sent, failed, slow));
    }

    private static Stream<HttpCheck> questions(CheckRules rules) {
        return Stream.of(Check.AUTH, Check.ENDPOINTS, Check.SMOKE)
                .flatMap(c -> rules.http().getOrDefault(c, List.of()).stream())
                .filter(q -> q.method().equals("GET") && q.target().startsWith("/"))
                .filter(_ -> !rules.baseUrl().isEmpty());
    }
}
