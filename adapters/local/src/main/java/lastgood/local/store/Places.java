package lastgood.local.store;

import java.util.Map;

/// Fills in `{port}` and the like. One pass from left to right, so that a filled-in value is never looked at again;
/// anything else in braces stays as it is, since arguments may be JSON.
public final class Places {

    private Places() {}

    public static String fill(String template, Map<String, String> places) {
        var filled = new StringBuilder();
        var at = 0;
        while (at < template.length()) {
            var open = template.indexOf('{', at);
            var close = open < 0 ? -1 : template.indexOf('}', open);
            if (close < 0) {
                break;
            }
            var value = places.get(template.substring(open + 1, close));
            filled.append(template, at, open).append(value == null ? "{" : value);
            at = value == null ? open + 1 : close + 1;
        }
        return filled.append(template.substring(at)).toString();
    }
}
