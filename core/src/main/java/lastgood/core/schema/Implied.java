package lastgood.core.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a condition holds wherever others do: a CHECK that was loosened is none that the older release can trip
/// over. Knows AND, lists of values, and bounds by a number; says no to whatever else is not the same text.
final class Implied {

    private static final Pattern LIST =
            Pattern.compile("(.+?) = ANY \\(+(?:ARRAY\\[(.*?)\\])\\)*(?:::[\\w \\[\\]]+)?\\)*");
    private static final Pattern BOUND = Pattern.compile("(.+?) (<=|>=|<|>) \\(?'?(-?[\\d.]+)'?\\)?(?:::[\\w ]+)?");

    private Implied() {}

    static boolean by(List<String> old, String now) {
        var known = new ArrayList<String>();
        old.forEach(o -> known.addAll(conjuncts(o)));
        return conjuncts(now).stream().allMatch(c -> known.stream().anyMatch(k -> implies(k, c)));
    }

    private static boolean implies(String old, String now) {
        if (old.equals(now)) {
            return true;
        }
        if (disjuncts(now).size() > 1 && disjuncts(now).stream().anyMatch(d -> implies(old, d))) {
            return true;
        }
        var oldList = LIST.matcher(old);
        var newList = LIST.matcher(now);
        if (newList.matches()) {
            if (oldList.matches()) {
                return oldList.group(1).equals(newList.group(1))
                        && values(newList).containsAll(values(oldList));
            }
            return values(newList).stream().anyMatch(v -> old.equals(newList.group(1) + " = " + v));
        }
        var oldBound = BOUND.matcher(old);
        var newBound = BOUND.matcher(now);
        if (oldBound.matches() && newBound.matches() && oldBound.group(1).equals(newBound.group(1))) {
            return bound(oldBound.group(2), number(oldBound), newBound.group(2), number(newBound));
        }
        return false;
    }

    private static boolean bound(String oldSign, BigDecimal old, String newSign, BigDecimal now) {
        if (oldSign.charAt(0) != newSign.charAt(0)) {
            return false;
        }
        var order = oldSign.charAt(0) == '<' ? now.compareTo(old) : old.compareTo(now);
        return order > 0 || (order == 0 && (newSign.length() == 2 || oldSign.length() == 1));
    }

    private static BigDecimal number(Matcher bound) {
        return new BigDecimal(bound.group(3));
    }

    private static Set<String> values(Matcher list) {
        return new HashSet<>(Arrays.asList(list.group(2).split(", ", -1)));
    }

    static List<String> conjuncts(String condition) {
        return parts(condition, " AND ");
    }

    private static List<String> disjuncts(String condition) {
        return parts(condition, " OR ");
    }

    /// Taken apart at the word where no parenthesis is open.
    private static List<String> parts(String condition, String word) {
        var text = bare(condition.strip());
        var all = new ArrayList<String>();
        var depth = 0;
        var from = 0;
        var quoted = false;
        for (var at = 0; at < text.length(); at++) {
            var c = text.charAt(at);
            if (c == '\'') {
                quoted = !quoted;
            } else if (!quoted && c == '(') {
                depth++;
            } else if (!quoted && c == ')') {
                depth--;
            } else if (!quoted && depth == 0 && text.startsWith(word, at)) {
                all.add(text.substring(from, at));
                from = at + word.length();
            }
        }
        if (from == 0) {
            return List.of(text);
        }
        all.add(text.substring(from));
        return all.stream().flatMap(p -> parts(p, word).stream()).toList();
    }

    /// Without parentheses around the whole.
    private static String bare(String text) {
        while (text.startsWith("(") && text.endsWith(")") && closes(text)) {
            text = text.substring(1, text.length() - 1).strip();
        }
        return text;
    }

    private static boolean closes(String text) {
        var depth = 0;
        for (var at = 0; at < text.length(); at++) {
            depth += text.charAt(at) == '(' ? 1 : text.charAt(at) == ')' ? -1 : 0;
            if (depth == 0) {
                return at == text.length() - 1;
            }
        }
        return false;
    }
}
