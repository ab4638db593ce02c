package lastgood.config;

import java.util.List;
import java.util.stream.Collectors;

/// Writes a first `lastgood.yaml`.
public final class Starter {

    private Starter() {}

    /// A commented file for one service on this machine. It loads without problems for a service name of lower-case
    /// letters, digits and dashes, a command that is not empty and a port from 1 to 65535.
    ///
    /// @param artifact the file that a version consists of, which `command` calls `{artifact}`; empty: none
    public static String local(String service, List<String> command, String artifact, int port) {
        var file = artifact.isEmpty()
                ? ""
                : "      artifact: %s             # the file of a version, copied and kept; may have {version} in it%n"
                        .formatted(quoted(artifact));
        return """
                # Check this file: lastgood config validate. Every default: lastgood config effective --origins
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                environments:
                  local: { local: {} }            # on this machine; add `protected: true` where users are served
                services:
                  %s:
                    local:
                      command: [%s]
                %s      listen: %d               # the proxy, on 127.0.0.1; instances get a free {port} each
                      health: /health             # answers 2xx when an instance is ready
                """.formatted(
                        service, command.stream().map(Starter::quoted).collect(Collectors.joining(", ")), file, port);
    }

    /// Seven lines for one service on a cluster; everything else follows from its name. It loads without problems for
    /// names of lower-case letters, digits and dashes.
    ///
    /// @param context of the kubeconfig; empty: its current one
    public static String cluster(String environment, String namespace, String context, String service) {
        var cluster = context.isEmpty() ? "" : ", cluster: { context: %s }".formatted(quoted(context));
        return """
                # Check this file: lastgood config validate. Every default: lastgood config effective --origins
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                environments:
                  %s: { namespace: %s%s }    # add `protected: true` where users are served
                services:
                  %s: {}    # the Deployment of that name
                """.formatted(environment, namespace, cluster, service);
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
