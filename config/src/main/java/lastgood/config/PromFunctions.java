package lastgood.config;

import java.util.Set;
import java.util.TreeSet;

/// The functions of PromQL by what they want. One that is not here is left to the server, unless it is one letter off.
final class PromFunctions {

    /// Of a range of samples.
    private static final Set<String> OF_RANGES = Set.of(
            "rate",
            "irate",
            "increase",
            "delta",
            "idelta",
            "deriv",
            "predict_linear",
            "resets",
            "changes",
            "holt_winters",
            "double_exponential_smoothing",
            "avg_over_time",
            "min_over_time",
            "max_over_time",
            "sum_over_time",
            "count_over_time",
            "quantile_over_time",
            "stddev_over_time",
            "stdvar_over_time",
            "last_over_time",
            "first_over_time",
            "present_over_time",
            "absent_over_time",
            "mad_over_time");

    private static final Set<String> OF_VALUES = Set.of(
            "abs",
            "absent",
            "acos",
            "acosh",
            "asin",
            "asinh",
            "atan",
            "atanh",
            "ceil",
            "clamp",
            "clamp_max",
            "clamp_min",
            "cos",
            "cosh",
            "day_of_month",
            "day_of_week",
            "day_of_year",
            "days_in_month",
            "deg",
            "exp",
            "floor",
            "histogram_avg",
            "histogram_count",
            "histogram_fraction",
            "histogram_quantile",
            "histogram_stddev",
            "histogram_stdvar",
            "histogram_sum",
            "hour",
            "info",
            "label_join",
            "label_replace",
            "ln",
            "log10",
            "log2",
            "minute",
            "month",
            "pi",
            "rad",
            "round",
            "scalar",
            "sgn",
            "sin",
            "sinh",
            "sort",
            "sort_desc",
            "sort_by_label",
            "sort_by_label_desc",
            "sqrt",
            "tan",
            "tanh",
            "time",
            "timestamp",
            "vector",
            "year");

    /// VictoriaMetrics has these too; they are near others, and no slips.
    private static final Set<String> ELSEWHERE = Set.of(
            "any",
            "distinct",
            "geomean",
            "irate_over_time",
            "limitk",
            "mad",
            "median",
            "mode",
            "rand",
            "share",
            "sort_by_label_numeric",
            "step",
            "sum2",
            "union",
            "zscore",
            "default_rollup",
            "increase_pure",
            "now",
            "range_sum",
            "running_sum",
            "hoeffding_bound_upper",
            "ifelse",
            "label_set",
            "label_del",
            "label_keep");

    private static final Set<String> SCALARS = Set.of("time", "pi", "scalar");

    static final Set<String> AGGREGATIONS = Set.of(
            "sum",
            "avg",
            "min",
            "max",
            "count",
            "group",
            "stddev",
            "stdvar",
            "topk",
            "bottomk",
            "quantile",
            "count_values",
            "limitk",
            "limit_ratio");

    private PromFunctions() {}

    static boolean isScalar(String function) {
        return SCALARS.contains(function);
    }

    /// @throws PromWrong if it is not given what it wants
    static void check(Promql.Call call) {
        var name = call.function();
        if (OF_RANGES.contains(name)) {
            wantsRange(call);
        } else if (OF_VALUES.contains(name)) {
            call.arguments().forEach(a -> wantsValues(name, a));
        } else if (!ELSEWHERE.contains(name)) {
            unknown(call);
        }
    }

    private static void wantsRange(Promql.Call call) {
        var ranges = call.arguments().stream()
                .filter(a -> a.kind() == Promql.Kind.MATRIX)
                .count();
        if (ranges != 1) {
            var at = call.arguments().isEmpty()
                    ? call.at()
                    : call.arguments().getLast().at();
            throw new PromWrong(
                    at,
                    "%s is taken over a range of time, and there is none".formatted(call.function()),
                    "write it behind the metric, as in [5m]");
        }
    }

    static void wantsValues(String name, Promql argument) {
        if (argument.kind() == Promql.Kind.MATRIX) {
            throw new PromWrong(
                    argument.at(),
                    "%s is taken of values, and this is a range of time".formatted(name),
                    "wrap it, as in rate(...), or remove the [...]");
        }
    }

    private static void unknown(Promql.Call call) {
        var known = new TreeSet<>(OF_RANGES);
        known.addAll(OF_VALUES);
        known.addAll(AGGREGATIONS);
        Nearest.to(call.function(), known).ifPresent(near -> {
            throw new PromWrong(
                    call.at(),
                    "there is no function `%s`".formatted(Shown.text(call.function())),
                    "did you mean `%s`?".formatted(near));
        });
    }
}
