package lastgood.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads queries of the team's own.
final class SignalReader {

    /// `logErrors` is a question for a log store, and waits for one ([NotYet]).
    private static final List<String> MEASURED = List.of(
            SignalsConfig.ERROR_RATE,
            SignalsConfig.LATENCY_P95,
            SignalsConfig.LATENCY_P99,
            "requestRate",
            "saturation");

    private static final String PROMETHEUS = "prometheus";

    /// Whether somebody can be asked, and what can be filled in.
    record Asking(boolean connected, Set<String> places) {
        static Asking of(Tree document, boolean local) {
            var brief = document.at("metrics").flatMap(m -> m.at(PROMETHEUS));
            var whole =
                    document.at("connections").flatMap(c -> c.at(PROMETHEUS)).flatMap(p -> p.at("url"));
            return new Asking(brief.isPresent() || whole.isPresent(), local ? Query.EVERYWHERE : Query.ON_A_CLUSTER);
        }

        /// Null if there is none, or it cannot be used.
        @Nullable
        Query number(Cursor at) {
            return read(at, at.read(text -> optional(Query.number(text, places)), Optional.empty()));
        }

        @Nullable
        Query condition(Cursor at) {
            return read(at, at.read(text -> optional(Query.condition(text, places)), Optional.empty()));
        }

        private static Parsed<Optional<Query>> optional(Parsed<Query> parsed) {
            return switch (parsed) {
                case Parsed.Good<Query>(var query) -> new Parsed.Good<>(Optional.of(query));
                case Parsed.Bad<Query>(var fact, var hint) -> new Parsed.Bad<>(fact, hint);
            };
        }

        private @Nullable Query read(Cursor at, Optional<Query> query) {
            if (at.present() && !connected) {
                at.missing("nobody is there to be asked this", "write metrics: { prometheus: http://HOST:PORT }");
            }
            return query.orElse(null);
        }
    }

    private SignalReader() {}

    static SignalsConfig read(Cursor signals, Asking asking) {
        var queries = new LinkedHashMap<String, Query>();
        for (var name : MEASURED) {
            var at = signals.at(name);
            var from = at.at("from");
            if (from.present() && !from.text("").equals(PROMETHEUS)) {
                from.problem(
                        "`%s` is no connection that is asked for this".formatted(Shown.text(from.text(""))),
                        Nearest.hint(from.text(""), List.of(PROMETHEUS), "write from: prometheus, or leave it out"));
            }
            var query = asking.number(at.at("query"));
            if (query != null && soundFor(name, query, at.at("query"))) {
                queries.put(name, query);
            }
        }
        return new SignalsConfig(queries);
    }

    /// A counter by itself only grows: as a rate or a time it would be nonsense, unless it is one that can be counted.
    private static boolean soundFor(String name, Query query, Cursor at) {
        var counters = query.counters();
        if (query.plain().isEmpty() || !Counters.onlyGrows(query.plain())) {
            return true;
        }
        var latency = name.startsWith("latency");
        var counted = counters != null
                && (latency ? counters.slices() : name.equals(SignalsConfig.ERROR_RATE) && !counters.slices());
        if (!counted) {
            at.problem(
                    name.equals(SignalsConfig.ERROR_RATE)
                            ? "this does not count all requests, so it is no share of them that fails"
                            : latency ? "this is no histogram of response times" : "this counter only grows",
                    name.equals(SignalsConfig.ERROR_RATE)
                            ? "write the counter without its status code, or sum(rate(failed[1m])) / sum(rate(all[1m]))"
                            : latency
                                    ? "write the _bucket of a histogram, or histogram_quantile(...)"
                                    : "write sum(rate(...[5m]))");
        }
        return counted;
    }
}
