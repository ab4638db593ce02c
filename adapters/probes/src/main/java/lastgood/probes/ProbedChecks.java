package lastgood.probes;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Sample;
import lastgood.engine.port.Checks;
import org.jspecify.annotations.Nullable;

/// A platform's checks, where the team's own requests and commands stand in for those they are configured for.
///
/// Which checks belong to a sample is the platform's choice; it alone knows what is cheap enough to ask each time.
public final class ProbedChecks implements Checks {

    private final Checks platform;
    private final Map<ServiceRef, CheckRules> rules;
    private final HttpAsk http = new HttpAsk();

    public ProbedChecks(Checks platform, Map<ServiceRef, CheckRules> rules) {
        this.platform = platform;
        this.rules = Map.copyOf(rules);
    }

    @Override
    public Sample ask(ServiceRef service, Release release, Instant since, boolean full) {
        var sample = platform.ask(service, release, since, full);
        var own = rules.get(service);
        return own == null
                ? sample
                : new Sample(
                        sample.results().stream()
                                .map(r -> own.asks(r.check()) ? ask(r.check(), service, release, own) : r)
                                .toList(),
                        sample.full());
    }

    /// The team's own are asked one by one, so a smoke test is not run for the sake of a login.
    @Override
    public Sample some(ServiceRef service, Release release, Instant since, Set<Check> wanted) {
        var own = rules.get(service);
        if (own == null) {
            return platform.some(service, release, since, wanted);
        }
        var results = new ArrayList<CheckResult>();
        var theirs = wanted.stream().filter(c -> !own.asks(c)).collect(Collectors.toSet());
        if (!theirs.isEmpty()) {
            results.addAll(platform.some(service, release, since, theirs).results());
        }
        wanted.stream().filter(own::asks).forEach(c -> results.add(ask(c, service, release, own)));
        return new Sample(results, false);
    }

    private CheckResult ask(Check check, ServiceRef service, Release release, CheckRules own) {
        @Nullable List<String> command = own.commands().get(check);
        return command == null
                ? http.all(check, own.baseUrl(), own.http().getOrDefault(check, List.of()))
                : CommandCheck.ask(check, command, own.commandWithin(), own.folder(), places(own, service, release));
    }

    private static Map<String, String> places(CheckRules own, ServiceRef service, Release release) {
        return Map.of(
                "baseUrl", own.baseUrl(),
                "version", release.version().text(),
                "release", release.version().text(),
                "environment", service.environment(),
                "service", service.service());
    }
}
