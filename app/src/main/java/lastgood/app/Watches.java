package lastgood.app;

import java.net.URI;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import lastgood.config.Catalog;
import lastgood.config.Check;
import lastgood.config.Effective;
import lastgood.core.ServiceRef;
import lastgood.core.decide.DecisionRules;
import lastgood.engine.Ports;
import lastgood.engine.port.Measures;
import lastgood.engine.port.Telemetry;
import lastgood.engine.signals.AllSignals;
import lastgood.engine.signals.CheckSignals;
import lastgood.engine.signals.Revocations;
import lastgood.engine.watch.Sources;
import lastgood.engine.watch.WatchConfig;
import lastgood.probes.CheckRules;
import lastgood.signals.FileMemory;
import lastgood.signals.Inbox;
import lastgood.signals.Receiver;
import lastgood.signals.Routing;
import org.jspecify.annotations.Nullable;

/// How a service is watched, by what its configuration says.
final class Watches {

    private Watches() {}

    /// What differs between platforms.
    ///
    /// @param ports with the counts of what users get
    /// @param measures who answers the team's own queries
    /// @param asked what the team configured to be asked; null: nothing
    /// @param known services that share its surroundings, itself included
    /// @param once the counts, for a single look
    record Surroundings(
            Ports ports,
            Measures measures,
            @Nullable CheckRules asked,
            String namespace,
            Executor executor,
            Collection<ServiceRef> known,
            Telemetry once) {}

    static WatchConfig of(Catalog catalog, Effective effective, Surroundings around) {
        var service = new ServiceRef(
                effective.environment().name(), effective.service().name());
        var rules = Decisions.rules(catalog, effective);
        InstantSource clock = around.ports().time()::now;
        var inbox = new Inbox(effective.data().resolve("inbox.json"), clock);
        var memory = new FileMemory(effective.data().resolve("integrity"));
        BiFunction<Executor, CheckSignals.Pace, Sources> sources = (executor, pace) -> new Sources(
                around.ports().telemetry(),
                AllSignals.of(
                        rules.triggers(),
                        around.ports(),
                        new AllSignals.Parts(
                                askable(effective, around.asked()),
                                effective.service().database() != null,
                                memory,
                                inbox,
                                executor,
                                pace,
                                around.measures(),
                                Queries.conditions(effective))));
        var routing = new Routing(List.of(new Routing.Watched(
                service,
                names(effective),
                around.namespace(),
                rules.triggers().security().enabled()
                        && rules.triggers().security().webhook())));
        var revocations =
                new Revocations(around.ports().ledgers(), around.ports().time());
        return of(
                effective,
                rules,
                sources.apply(around.executor(), CheckSignals.Pace.WATCHING),
                new Sources(
                        around.once(),
                        sources.apply(Runnable::run, CheckSignals.Pace.ONCE).signals()),
                around.known(),
                (address, token) ->
                        Receiver.open(address, token.orElse(null), routing, inbox, revocations::revoke, clock));
    }

    /// The platform's own, and those that the team gave a request or a command for.
    private static Set<lastgood.core.recover.Check> askable(Effective effective, @Nullable CheckRules asked) {
        var askable = EnumSet.of(lastgood.core.recover.Check.PODS);
        for (var check : lastgood.core.recover.Check.values()) {
            if (asked != null && asked.asks(check)) {
                askable.add(check);
            }
        }
        for (var check : effective.service().verify().checks()) {
            if (check instanceof Check.Asked queried) {
                askable.add(FromConfig.check(queried.name()));
            }
        }
        if (effective.service().database() != null) {
            askable.add(lastgood.core.recover.Check.DATABASE);
        }
        return askable;
    }

    /// What labels may call it.
    private static Set<String> names(Effective effective) {
        var names = new TreeSet<String>();
        names.add(effective.service().name());
        var cluster = effective.service().cluster();
        if (cluster != null) {
            names.addAll(cluster.strategyWorkloads());
        }
        return names;
    }

    private static WatchConfig of(
            Effective effective,
            DecisionRules rules,
            Sources sources,
            Sources once,
            Collection<ServiceRef> known,
            WatchConfig.Reports reports) {
        var environment = effective.environment().name();
        var name = effective.service().name();
        return new WatchConfig(
                sources,
                once,
                rules,
                critical(effective),
                known.stream()
                        .filter(other -> other.environment().equals(environment)
                                && !other.service().equals(name))
                        .sorted((a, b) -> a.service().compareTo(b.service()))
                        .toList(),
                reports);
    }

    /// The endpoints that the checklist asks are those that the team calls critical.
    private static Set<String> critical(Effective effective) {
        var routes = new TreeSet<String>();
        for (var check : effective.service().verify().checks()) {
            if (check instanceof Check.Http(var _, var _, var probes)) {
                probes.forEach(p -> path(p.target()).ifPresent(routes::add));
            }
        }
        return routes;
    }

    private static java.util.Optional<String> path(String target) {
        try {
            var path = URI.create(target).getPath();
            return path == null || path.isEmpty() || target.contains("://")
                    ? java.util.Optional.empty()
                    : java.util.Optional.of(path);
        } catch (IllegalArgumentException e) {
            return java.util.Optional.empty();
        }
    }
}
