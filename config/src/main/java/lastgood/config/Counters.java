package lastgood.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The counters that a query rests on, where they can be taken out of it without changing what it says. Proofs are
/// made of counts: a rate or a quotient that a server has worked out cannot serve one, but the counters that it was
/// worked out from can.
///
/// Three shapes are known: a counter by itself (`requests_total{app="web"}`); the share of one part of a counter in
/// the whole of it (`sum(rate(C{..., code=~"5.."}[1m])) / sum(rate(C{...}[1m]))`); a quantile of a histogram
/// (`histogram_quantile(0.95, sum by (le) (rate(H_bucket{...}[5m])))`). Anything else says more than counts can.
///
/// @param metric the counter
/// @param every labels of all that is counted
/// @param failed labels that failures have besides; empty: they are told by their status code
/// @param slices whether it is a histogram's
public record Counters(String metric, List<Label> every, List<Label> failed, boolean slices) {

    /// Labels that a status code is found under.
    private static final Set<String> STATUS = Set.of(
            "code",
            "status",
            "status_code",
            "status_class",
            "response_code",
            "http_status",
            "http_status_code",
            "http_response_status_code",
            "grpc_code");

    private static final Set<String> RATES = Set.of("rate", "irate", "increase");

    public Counters {
        every = List.copyOf(every);
        failed = List.copyOf(failed);
    }

    /// @param operator `=`, `!=`, `=~` or `!~`
    public record Label(String name, String operator, String value) {}

    static Optional<Counters> of(Promql read) {
        return switch (read) {
            case Promql.Select select -> alone(select);
            case Promql.Binary binary
            when binary.operator().equals("*") ->
                isHundred(binary.right())
                        ? of(binary.left())
                        : isHundred(binary.left()) ? of(binary.right()) : Optional.empty();
            case Promql.Binary binary when binary.operator().equals("/") -> share(binary);
            case Promql.Call call when call.function().equals("histogram_quantile") -> quantile(call);
            case Promql.Binary _,
                    Promql.Call _,
                    Promql.Aggregate _,
                    Promql.Negative _,
                    Promql.Constant _,
                    Promql.Subquery _,
                    Promql.Text _ -> Optional.empty();
        };
    }

    /// Without operators in between, `100 * a / b` is `(100 * a) / b`.
    private static Promql withoutHundred(Promql side) {
        return side instanceof Promql.Binary(var _, var operator, var _, var left, var right)
                        && operator.equals("*")
                        && isHundred(left)
                ? right
                : side;
    }

    private static boolean isHundred(Promql side) {
        return side instanceof Promql.Constant(var _, var text) && text.equals("100");
    }

    private static Optional<Counters> alone(Promql.Select select) {
        return usable(select)
                .filter(s -> isHistogram(s)
                        || (onlyGrows(s.metric()) && s.matchers().stream().noneMatch(Counters::ofStatus)))
                .map(s -> new Counters(s.metric(), labels(s.matchers()), List.of(), isHistogram(s)));
    }

    /// By the names that counters have by custom.
    static boolean onlyGrows(String metric) {
        return List.of("_total", "_count", "_sum", "_bucket", "_requests").stream()
                .anyMatch(metric::endsWith);
    }

    /// Of failures alone each one is a failure, and the service would seem to do nothing else.
    private static boolean ofStatus(Promql.Matcher matcher) {
        return STATUS.contains(matcher.label());
    }

    private static boolean isHistogram(Promql.Select select) {
        return select.metric().endsWith("_bucket");
    }

    private static Optional<Counters> share(Promql.Binary quotient) {
        var part = summed(orZero(withoutHundred(quotient.left())));
        var whole = summed(quotient.right());
        if (part.isEmpty() || whole.isEmpty()) {
            return Optional.empty();
        }
        var special = new HashSet<>(part.get().matchers());
        special.removeAll(whole.get().matchers());
        var isPart = part.get().metric().equals(whole.get().metric())
                && part.get().matchers().containsAll(whole.get().matchers())
                && !special.isEmpty()
                && special.stream().allMatch(Counters::canBeToldHere);
        return isPart && !isHistogram(whole.get())
                ? Optional.of(new Counters(
                        whole.get().metric(),
                        labels(whole.get().matchers()),
                        labels(part.get().matchers().stream()
                                .filter(special::contains)
                                .distinct()
                                .toList()),
                        false))
                : Optional.empty();
    }

    /// `... or vector(0)`: nothing failed yet.
    private static Promql orZero(Promql side) {
        return side instanceof Promql.Binary(var _, var operator, var _, var left, var right)
                        && operator.equals("or")
                        && right instanceof Promql.Call(var _, var function, var arguments)
                        && function.equals("vector")
                        && arguments.size() == 1
                        && arguments.getFirst() instanceof Promql.Constant(var _, var zero)
                        && zero.equals("0")
                ? left
                : side;
    }

    private static Optional<Promql.Select> summed(Promql side) {
        return side instanceof Promql.Aggregate(var _, var operator, var without, var labels, var of)
                        && operator.equals("sum")
                        && !without
                        && labels.isEmpty()
                ? rated(of)
                : Optional.empty();
    }

    private static Optional<Promql.Select> rated(Promql of) {
        return of instanceof Promql.Call(var _, var function, var arguments)
                        && RATES.contains(function)
                        && arguments.size() == 1
                        && arguments.getFirst() instanceof Promql.Select select
                ? usable(new Promql.Select(select.at(), select.metric(), select.matchers(), false, select.moved()))
                : Optional.empty();
    }

    private static Optional<Counters> quantile(Promql.Call call) {
        if (call.arguments().size() != 2) {
            return Optional.empty();
        }
        var buckets = call.arguments().getLast()
                                instanceof Promql.Aggregate(var _, var operator, var without, var labels, var of)
                        && operator.equals("sum")
                        && !without
                        && labels.equals(List.of("le"))
                ? rated(of)
                : rated(call.arguments().getLast());
        return buckets.filter(Counters::isHistogram)
                .filter(b -> b.matchers().stream().noneMatch(m -> m.label().equals("le")))
                .map(b -> new Counters(b.metric(), labels(b.matchers()), List.of(), true));
    }

    /// What is moved in time, or differs from release to release by name, counts something else than the release.
    private static Optional<Promql.Select> usable(Promql.Select select) {
        return !select.moved()
                        && !select.ranged()
                        && select.metric().matches("[A-Za-z_:][A-Za-z0-9_:]*")
                        && select.matchers().stream().noneMatch(m -> m.label().equals("__name__"))
                        && select.matchers().stream().noneMatch(m -> m.value().contains("$version"))
                ? Optional.of(select)
                : Optional.empty();
    }

    /// Which series are failures is told series by series here, and has to come to the same as on the server.
    private static boolean canBeToldHere(Promql.Matcher matcher) {
        var filledIn = matcher.value().matches("(?s).*\\$[A-Za-z_].*");
        return !filledIn && (!matcher.operator().endsWith("~") || PromParser.isCommon(matcher.value()));
    }

    private static List<Label> labels(List<Promql.Matcher> matchers) {
        return matchers.stream()
                .map(m -> new Label(m.label(), m.operator(), m.value()))
                .distinct()
                .toList();
    }
}
