package lastgood.config;

import java.util.List;
import java.util.stream.Collectors;

/// Writes a first `lastgood.yaml`.
public final class Starter {

    private Starter() {}

    /// A commented file for one service on this machine. It loads without problems for a service name of lower-case
    /// letters, digits and dashes, a command that is not empty and a port from 1 to 65535.
    public static String local(String service, List<String> command, int port) {
        return """
                # lastgood: what runs here and how it goes back. Check it: lastgood config validate
                # Every default and where it comes from: lastgood config effective --origins
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                environments:
                  local: { local: {} }            # on this machine; add `protected: true` where users are served
                services:
                  %s:
                    local:
                      command: [%s]
                      listen: %d                  # the proxy, on 127.0.0.1; instances get a free {port} each
                      health: /health             # answers 200 when an instance is ready
                """.formatted(service, command.stream().map(Starter::quoted).collect(Collectors.joining(", ")), port);
    }

    /// As a double-quoted YAML scalar; whatever cannot be seen, or might be taken for a line end, is escaped.
    static String quoted(String word) {
        return word.codePoints().mapToObj(Starter::escaped).collect(Collectors.joining("", "\"", "\""));
    }

    private static String escaped(int codePoint) {
        if (codePoint == '"' || codePoint == '\\') {
            return "\\" + Character.toString(codePoint);
        }
        var visible = Character.isLetterOrDigit(codePoint) || (codePoint >= ' ' && codePoint <= '~');
        return visible ? Character.toString(codePoint) : "\\U%08X".formatted(codePoint);
    }
}
