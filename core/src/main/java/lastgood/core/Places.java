package lastgood.core;

import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Fills in `{port}` and the like. One pass from left to right, so that a filled-in value is never looked at again;
/// anything else in braces stays as it is, since arguments may be JSON. `{{port}}` stands for the text `{port}`, as the
/// configuration promises.
public final class Places {

    private Places() {}

    private static final Pattern PLACE = Pattern.compile("\\{\\{([A-Za-z]+)}}|\\{([A-Za-z]+)}");

    /// The last filling in: what is escaped becomes text.
    public static String fill(String template, Map<String, String> places) {
        return replace(template, found -> found.group(1) != null ? "{" + found.group(1) + "}" : value(found, places));
    }

    /// Fills in some of the places, and leaves the others, and what is escaped, for [#fill].
    public static String fillSome(String template, Map<String, String> places) {
        return replace(template, found -> found.group(1) != null ? found.group() : value(found, places));
    }

    private static String value(MatchResult found, Map<String, String> places) {
        return places.getOrDefault(found.group(2), found.group());
    }

    private static String replace(String template, Function<MatchResult, String> text) {
        return PLACE.matcher(template).replaceAll(found -> Matcher.quoteReplacement(text.apply(found)));
    }
}
