package lastgood.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// PromQL of the team's own. It has been read by our grammar; what a server makes of it is known when one is asked.
///
/// @param text as written; `$service` and the like are filled in when it is asked
/// @param plain the metric that it is, and nothing else; empty: an expression
/// @param counters what it counts by, where that can be taken out of it; null: it gives numbers, and no counts
public record Query(String text, String plain, @Nullable Counters counters) {

    /// The duration that it looks back on.
    static final String WINDOW = "window";

    /// Filled in wherever a service runs.
    static final Set<String> EVERYWHERE = Set.of("service", "environment", "version", WINDOW);

    /// Of a service on a cluster: `pods` is a regular expression of the release's pods.
    static final Set<String> ON_A_CLUSTER = Set.of("service", "environment", "version", WINDOW, "namespace", "pods");

    /// @param places what may stand behind a `$`
    static Parsed<Query> number(String text, Set<String> places) {
        return read(text, places, false);
    }

    /// One that holds or does not: it has to answer 1 or 0. A comparison that leaves out what it does not hold for
    /// answers nothing then, and nothing is also what a metric answers that is not there.
    static Parsed<Query> condition(String text, Set<String> places) {
        return read(text, places, true);
    }

    private static Parsed<Query> read(String text, Set<String> places, boolean condition) {
        try {
            var read = PromParser.read(text, places);
            wantsNumber(read);
            if (condition) {
                wantsCondition(read);
            }
            var plain = read instanceof Promql.Select select ? select.metric() : "";
            return new Parsed.Good<>(new Query(text, plain, Counters.of(read).orElse(null)));
        } catch (PromWrong wrong) {
            return new Parsed.Bad<>(wrong.fact + position(text, wrong.at), wrong.hint);
        }
    }

    private static void wantsNumber(Promql read) {
        switch (read.kind()) {
            case SCALAR, VECTOR -> {}
            case MATRIX ->
                throw new PromWrong(
                        read.at(),
                        "this gives all samples of a range of time, and one number is needed",
                        "wrap it, as in sum(rate(...))");
            case STRING -> throw new PromWrong(read.at(), "this is a text, and one number is needed", "");
        }
    }

    private static void wantsCondition(Promql read) {
        switch (read) {
            case Promql.Binary binary
            when binary.compares() && !binary.bool() ->
                throw new PromWrong(
                        binary.at(),
                        "where this does not hold it answers nothing, as it does where nothing is measured",
                        "write `%s bool`, which answers 0 or 1".formatted(binary.operator()));
            case Promql.Binary binary
            when Set.of("/", "%", "+", "^", "atan2").contains(binary.operator()) -> throw notOne(binary.at());
            case Promql.Constant _, Promql.Select _ -> throw notOne(read.at());
            case Promql.Call call
            when Set.of("rate", "irate", "increase", "delta", "histogram_quantile")
                    .contains(call.function()) -> throw notOne(read.at());
            case Promql.Binary _,
                    Promql.Call _,
                    Promql.Aggregate _,
                    Promql.Negative _,
                    Promql.Subquery _,
                    Promql.Text _ -> {}
        }
    }

    private static PromWrong notOne(int at) {
        return new PromWrong(
                at,
                "this is a number, and a trigger needs a condition",
                "compare it, as in ... > bool 0.05, which answers 0 or 1");
    }

    /// For people, in the expression as they wrote it.
    private static String position(String text, int at) {
        var before = text.substring(0, Math.min(at, text.length()));
        var line = before.chars().filter(c -> c == '\n').count() + 1;
        var character = before.length() - before.lastIndexOf('\n');
        return text.strip().contains("\n")
                ? " (line %d, character %d of the query)".formatted(line, character)
                : " (at character %d of the query)".formatted(character);
    }
}
