package lastgood.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Reads a PromQL expression by the grammar that Prometheus documents, and finds the first thing in it that no server
/// would take. There is no server when a file is checked, and no kept parser for Java; so whatever may be an extension
/// of some server's is let through, and the server has its say when it is first asked.
final class PromParser {

    static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");

    private static final Set<String> SETS = Set.of("and", "or", "unless");

    /// From the loosest to the tightest; `^` is read apart, from right to left.
    private static final List<Set<String>> BINDING = List.of(
            Set.of("or"), Set.of("and", "unless"), COMPARISONS, Set.of("+", "-"), Set.of("*", "/", "%", "atan2"));

    /// Ours have two or three; deeper than this nobody reads, and each costs a little stack.
    private static final int DEPTH_MAX = 60;

    /// Go's regular expressions cannot look around, and have no back references.
    private static final Pattern NOT_RE2 = Pattern.compile("\\(\\?(=|!|<=|<!|>)|(?<!\\\\)\\\\[1-9]");

    /// Java's cannot do these.
    private static final Pattern NOT_JAVA = Pattern.compile("\\(\\?P<|\\[\\[:|\\\\C");

    private final List<PromToken> tokens;
    private int next;
    private int depth;

    private PromParser(List<PromToken> tokens) {
        this.tokens = tokens;
    }

    /// @throws PromWrong if it is not one
    static Promql read(String text, Set<String> places) {
        var parser = new PromParser(PromTokens.of(text, places));
        if (parser.peek().kind() == PromToken.Kind.END) {
            throw new PromWrong(0, "there is nothing here", "");
        }
        var read = parser.binary(0);
        var rest = parser.peek();
        if (rest.kind() != PromToken.Kind.END) {
            throw parser.unexpected(
                    rest,
                    rest.is(")") || rest.is("}") || rest.is("]")
                            ? "it closes nothing that was opened"
                            : "the expression is over before it");
        }
        return read;
    }

    // ---- operators

    private Promql binary(int level) {
        if (level == BINDING.size()) {
            return unary();
        }
        var left = binary(level + 1);
        while (isOperator(level)) {
            var operator = take();
            var word = operator.text().toLowerCase(Locale.ROOT);
            var bool = COMPARISONS.contains(word) && takeWord("bool");
            matching(word);
            left = checked(new Promql.Binary(operator.at(), word, bool, left, binary(level + 1)));
        }
        return left;
    }

    private boolean isOperator(int level) {
        var token = peek();
        var word = token.text().toLowerCase(Locale.ROOT);
        return (token.kind() == PromToken.Kind.SIGN || token.kind() == PromToken.Kind.NAME)
                && BINDING.get(level).contains(word);
    }

    /// `on (a, b) group_left (c)`
    private void matching(String operator) {
        if (takeWord("on") || takeWord("ignoring")) {
            labels();
            var grouped = peek();
            if (takeWord("group_left") || takeWord("group_right")) {
                if (SETS.contains(operator)) {
                    throw new PromWrong(grouped.at(), "`%s` takes no grouping".formatted(operator), "remove it");
                }
                if (peek().is("(")) {
                    labels();
                }
            }
        }
    }

    private static Promql.Binary checked(Promql.Binary binary) {
        for (var side : List.of(binary.left(), binary.right())) {
            PromFunctions.wantsValues("`%s`".formatted(binary.operator()), side);
            if (side.kind() == Promql.Kind.STRING) {
                throw new PromWrong(side.at(), "a text cannot be reckoned with", "");
            }
            if (SETS.contains(binary.operator()) && side.kind() == Promql.Kind.SCALAR) {
                throw new PromWrong(
                        side.at(),
                        "`%s` joins series, and this is a number".formatted(binary.operator()),
                        "vector(...) makes it one");
            }
        }
        if (binary.compares() && !binary.bool() && binary.kind() == Promql.Kind.SCALAR) {
            throw new PromWrong(
                    binary.at(), "two numbers are compared", "write `%s bool`".formatted(binary.operator()));
        }
        return binary;
    }

    private Promql unary() {
        var token = peek();
        if (token.is("-") || token.is("+")) {
            take();
            deeper(token);
            var of = unary();
            depth--;
            PromFunctions.wantsValues("`%s`".formatted(token.text()), of);
            return new Promql.Negative(token.at(), of);
        }
        var base = behind();
        if (peek().is("^")) {
            var operator = take();
            matching("^");
            deeper(operator);
            var power = unary();
            depth--;
            return checked(new Promql.Binary(operator.at(), "^", false, base, power));
        }
        return base;
    }

    private void deeper(PromToken at) {
        if (++depth > DEPTH_MAX) {
            throw new PromWrong(at.at(), "nested more than %d deep".formatted(DEPTH_MAX), "");
        }
    }

    // ---- what stands behind an expression

    private Promql behind() {
        var read = atom();
        while (true) {
            if (peek().is("[")) {
                read = ranged(read);
            } else if (peek().isWord("offset")) {
                take();
                if (peek().is("-")) {
                    take();
                }
                duration();
                read = moved(read);
            } else if (peek().is("@")) {
                take();
                moment();
                read = moved(read);
            } else {
                return read;
            }
        }
    }

    private Promql ranged(Promql of) {
        var open = take();
        duration();
        var stepped = peek().is(":");
        if (stepped) {
            take();
            if (!peek().is("]")) {
                duration();
            }
        }
        expect("]", open);
        if (stepped) {
            PromFunctions.wantsValues("a range with a step", of);
            return new Promql.Subquery(of.at(), of);
        }
        if (of instanceof Promql.Select(var at, var metric, var matchers, var ranged, var moved) && !ranged) {
            return new Promql.Select(at, metric, matchers, true, moved);
        }
        throw new PromWrong(
                open.at(), "a range stands behind a metric, not behind an expression", "of an expression: [5m:15s]");
    }

    private static Promql moved(Promql of) {
        return switch (of) {
            case Promql.Select(var at, var metric, var matchers, var ranged, var _) ->
                new Promql.Select(at, metric, matchers, ranged, true);
            case Promql.Subquery subquery -> subquery;
            case Promql.Constant _,
                    Promql.Text _,
                    Promql.Call _,
                    Promql.Aggregate _,
                    Promql.Binary _,
                    Promql.Negative _ ->
                throw new PromWrong(of.at(), "only a metric can be moved in time", "write it behind the metric");
        };
    }

    private void moment() {
        var token = take();
        var named = token.isWord("start") || token.isWord("end");
        if (named) {
            expect(")", expect("(", token));
        } else if (token.is("-")) {
            take();
        } else if (token.kind() != PromToken.Kind.NUMBER) {
            throw unexpected(token, "a time in seconds, start() or end() was expected");
        }
    }

    private void duration() {
        var token = take();
        var fits = token.kind() == PromToken.Kind.DURATION
                || token.kind() == PromToken.Kind.NUMBER
                || (token.kind() == PromToken.Kind.VARIABLE && token.text().equals("$" + Query.WINDOW));
        if (!fits) {
            throw unexpected(token, "a duration was expected, as in 5m");
        }
    }

    // ---- atoms

    private Promql atom() {
        var token = take();
        return switch (token.kind()) {
            case NUMBER, DURATION -> new Promql.Constant(token.at(), token.text());
            case STRING -> new Promql.Text(token.at());
            case VARIABLE ->
                throw new PromWrong(
                        token.at(),
                        "`%s` stands in a text, as in service=\"%s\"".formatted(token.text(), token.text()),
                        "only $window stands outside of one, for a duration");
            case END -> throw unexpected(token, "something is wanting");
            case NAME -> named(token);
            case SIGN -> signed(token);
        };
    }

    private Promql signed(PromToken token) {
        if (token.is("(")) {
            deeper(token);
            var inside = binary(0);
            depth--;
            expect(")", token);
            return inside;
        }
        if (token.is("{")) {
            return select(token.at(), "", token);
        }
        throw unexpected(token, "a metric, a number or a function was expected");
    }

    private Promql named(PromToken name) {
        var word = name.text().toLowerCase(Locale.ROOT);
        if (PromFunctions.AGGREGATIONS.contains(word) && (peek().is("(") || isGrouping())) {
            return aggregate(name, word);
        }
        if (peek().is("(")) {
            var call = new Promql.Call(name.at(), name.text(), arguments());
            PromFunctions.check(call);
            return call;
        }
        if (word.equals("inf") || word.equals("nan")) {
            return new Promql.Constant(name.at(), name.text());
        }
        if (SETS.contains(word) || word.equals("bool") || word.equals("by") || word.equals("without")) {
            throw unexpected(name, "a metric, a number or a function was expected");
        }
        if (peek().is("{")) {
            return select(name.at(), name.text(), take());
        }
        return new Promql.Select(name.at(), name.text(), List.of(), false, false);
    }

    private boolean isGrouping() {
        return peek().isWord("by") || peek().isWord("without");
    }

    private Promql aggregate(PromToken name, String word) {
        var without = false;
        var labels = List.<String>of();
        var grouped = isGrouping();
        if (grouped) {
            without = take().isWord("without");
            labels = labels();
        }
        var arguments = arguments();
        if (!grouped && isGrouping()) {
            without = take().isWord("without");
            labels = labels();
        }
        if (arguments.isEmpty()) {
            throw new PromWrong(name.at(), "%s of nothing".formatted(word), "");
        }
        var of = arguments.getLast();
        PromFunctions.wantsValues(word, of);
        if (of.kind() != Promql.Kind.VECTOR) {
            throw new PromWrong(of.at(), "%s is taken of series, and this is none".formatted(word), "");
        }
        return new Promql.Aggregate(name.at(), word, without, labels, of);
    }

    private List<Promql> arguments() {
        var open = take();
        if (!open.is("(")) {
            throw unexpected(open, "( was expected");
        }
        deeper(open);
        var arguments = new ArrayList<Promql>();
        while (!peek().is(")")) {
            arguments.add(binary(0));
            if (peek().is(",")) {
                take();
            } else {
                break;
            }
        }
        depth--;
        expect(")", open);
        return arguments;
    }

    private List<String> labels() {
        var open = take();
        if (!open.is("(")) {
            throw unexpected(open, "labels in ( ) were expected");
        }
        var labels = new ArrayList<String>();
        while (!peek().is(")")) {
            labels.add(label(take()));
            if (peek().is(",")) {
                take();
            } else {
                break;
            }
        }
        expect(")", open);
        return labels;
    }

    private String label(PromToken token) {
        if ((token.kind() != PromToken.Kind.NAME || token.text().contains(":"))
                && token.kind() != PromToken.Kind.STRING) {
            throw unexpected(token, "the name of a label was expected");
        }
        return token.text();
    }

    // ---- selectors

    private Promql select(int at, String name, PromToken open) {
        var metric = name;
        var matchers = new ArrayList<Promql.Matcher>();
        while (!peek().is("}")) {
            var first = take();
            var label = label(first);
            // {"metric name with dots", label="value"}
            if (first.kind() == PromToken.Kind.STRING && (peek().is(",") || peek().is("}"))) {
                if (!metric.isEmpty()) {
                    throw new PromWrong(first.at(), "the metric is named twice", "");
                }
                metric = label;
            } else {
                matchers.add(matcher(label));
            }
            if (peek().is(",")) {
                take();
            } else {
                break;
            }
        }
        expect("}", open);
        if (metric.isEmpty() && matchers.stream().allMatch(PromParser::matchesNothing)) {
            throw new PromWrong(
                    at, "this selects every series there is", "name a metric, or a label that is not empty");
        }
        return new Promql.Select(at, metric, List.copyOf(matchers), false, false);
    }

    private Promql.Matcher matcher(String label) {
        var operator = take();
        if (!Set.of("=", "!=", "=~", "!~").contains(operator.text()) || operator.kind() != PromToken.Kind.SIGN) {
            throw unexpected(
                    operator,
                    operator.is("==")
                            ? "labels are compared with a single ="
                            : "one of =, !=, =~, !~ was expected behind the label `%s`".formatted(Shown.text(label)));
        }
        var value = take();
        if (value.kind() != PromToken.Kind.STRING) {
            throw unexpected(value, "the value of a label stands in quotes");
        }
        if (operator.text().endsWith("~")) {
            pattern(value);
        }
        return new Promql.Matcher(label, operator.text(), value.text());
    }

    private static void pattern(PromToken value) {
        var text = value.text();
        if (text.length() > CheckReader.PATTERN_CHARACTERS_MAX) {
            throw new PromWrong(
                    value.at(), "longer than %d characters".formatted(CheckReader.PATTERN_CHARACTERS_MAX), "");
        }
        if (NOT_RE2.matcher(text).find()) {
            throw new PromWrong(
                    value.at(), "Prometheus' regular expressions (RE2) cannot look around or back", "write it without");
        }
        if (!NOT_JAVA.matcher(text).find()) {
            compiled(text).ifPresent(wrong -> {
                throw new PromWrong(value.at(), "not a regular expression: " + wrong, "");
            });
        }
    }

    private static Optional<String> compiled(String text) {
        try {
            Pattern.compile(text.replaceAll("\\$[A-Za-z_]+", "x"));
            return Optional.empty();
        } catch (PatternSyntaxException wrong) {
            return Optional.of(wrong.getDescription().toLowerCase(Locale.ROOT));
        }
    }

    /// Whether Java reads the regular expression as Prometheus does.
    static boolean isCommon(String regex) {
        return !NOT_RE2.matcher(regex).find()
                && !NOT_JAVA.matcher(regex).find()
                && compiled(regex).isEmpty();
    }

    private static boolean matchesNothing(Promql.Matcher matcher) {
        return switch (matcher.operator()) {
            case "=" -> matcher.value().isEmpty();
            case "!=" -> !matcher.value().isEmpty();
            case "=~" -> isCommon(matcher.value()) && !matcher.value().contains("$") && "".matches(matcher.value());
            default -> isCommon(matcher.value()) && !matcher.value().contains("$") && !"".matches(matcher.value());
        };
    }

    // ---- tokens

    private PromToken peek() {
        return tokens.get(next);
    }

    private PromToken take() {
        var token = tokens.get(next);
        if (token.kind() != PromToken.Kind.END) {
            next++;
        }
        return token;
    }

    private boolean takeWord(String word) {
        if (!peek().isWord(word)) {
            return false;
        }
        take();
        return true;
    }

    private PromToken expect(String sign, PromToken open) {
        var token = take();
        if (!token.is(sign)) {
            throw token.kind() == PromToken.Kind.END
                    ? new PromWrong(open.at(), "%s is never closed".formatted(open.shown()), "add a %s".formatted(sign))
                    : unexpected(token, "%s was expected".formatted(sign));
        }
        return token;
    }

    private PromWrong unexpected(PromToken token, String why) {
        return new PromWrong(token.at(), "%s is out of place: %s".formatted(token.shown(), why), "");
    }
}
