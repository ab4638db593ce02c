package lastgood.kubernetes.install;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Trees as YAML that a person can review in a pull request. It writes and never reads, and what could be taken for
/// anything but plain text is written as JSON text, which is YAML too.
final class Yaml {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/.][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*");

    /// What some reader of YAML takes for a truth value or for nothing.
    private static final Set<String> WORDS =
            Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null", ".nan", ".inf");

    private Yaml() {}

    /// Several documents.
    static String documents(List<? extends JsonNode> all) {
        return all.stream().map(Yaml::document).collect(Collectors.joining("---\n"));
    }

    static String document(JsonNode tree) {
        var text = new StringBuilder();
        write(tree, "", text);
        return text.toString();
    }

    private static void write(JsonNode tree, String indent, StringBuilder text) {
        if (tree.isObject()) {
            tree.properties().forEach(e -> entry(indent + scalar(e.getKey()) + ":", e.getValue(), indent, text));
        } else {
            tree.forEach(item -> item(item, indent, text));
        }
    }

    private static void entry(String head, JsonNode value, String indent, StringBuilder text) {
        if (!value.isContainerNode() || value.isEmpty()) {
            text.append(head).append(' ').append(leaf(value)).append('\n');
        } else if (value.isArray() && isShort(value)) {
            text.append(head).append(' ').append(flow(value)).append('\n');
        } else {
            text.append(head).append('\n');
            write(value, value.isArray() ? indent : indent + "  ", text);
        }
    }

    private static void item(JsonNode item, String indent, StringBuilder text) {
        if (!item.isObject() || item.isEmpty()) {
            text.append(indent).append("- ").append(leaf(item)).append('\n');
            return;
        }
        var inner = new StringBuilder();
        write(item, indent + "  ", inner);
        text.append(indent).append("- ").append(inner.substring(indent.length() + 2));
    }

    private static boolean isShort(JsonNode list) {
        for (var item : list) {
            if (item.isContainerNode()) {
                return false;
            }
        }
        return flow(list).length() <= 80;
    }

    private static String flow(JsonNode list) {
        var items = new java.util.ArrayList<String>();
        list.forEach(i -> items.add(leaf(i)));
        return "[" + String.join(", ", items) + "]";
    }

    private static String leaf(JsonNode value) {
        return value.isTextual() ? scalar(value.asText()) : value.toString();
    }

    private static String scalar(String text) {
        return PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(java.util.Locale.ROOT))
                ? text
                : com.fasterxml.jackson.databind.node.TextNode.valueOf(text).toString();
    }
}
