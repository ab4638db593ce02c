package lastgood.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Text with places to fill in, as in `build/web-{version}.jar`.
///
/// Only `{word}` is a place, so JSON and shell text pass through; `{{word}}` stands for a literal `{word}`.
public record Template(String text) {

    private static final Pattern PLACE = Pattern.compile("\\{\\{([A-Za-z]+)}}|\\{([A-Za-z]+)}");

    /// The names of the places, in the order in which they first appear.
    public Set<String> places() {
        var names = new LinkedHashSet<String>();
        PLACE.matcher(text).results().map(r -> r.group(2)).forEach(names::add);
        names.remove(null);
        return names;
    }

    /// The text with every place filled in. Asking for a place that has no value is a mistake of the caller: the
    /// names were checked when the file was read.
    public String fill(Map<String, String> values) {
        return PLACE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(value(found, values)));
    }

    /// Each of them filled in.
    public static List<String> fill(List<Template> templates, Map<String, String> values) {
        return templates.stream().map(t -> t.fill(values)).toList();
    }

    private static String value(MatchResult found, Map<String, String> values) {
        if (found.group(1) != null) {
            return "{" + found.group(1) + "}";
        }
        var value = values.get(found.group(2));
        if (value == null) {
            throw new IllegalStateException("no value for {%s}".formatted(found.group(2)));
        }
        return value;
    }

    @Override
    public String toString() {
        return text;
    }
}
