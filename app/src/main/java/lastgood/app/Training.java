package lastgood.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import lastgood.config.Discovery;
import lastgood.config.Starter;

/// Runs the usual commands once, so that the JVM can keep the classes they load in a start-up cache (an AOT cache);
/// `./lastgood` makes one right after a build. A class that no line here loads is loaded the slow way, every time.
///
/// Lines must change nothing, reach nothing outside this machine and end by themselves. `FOLDER` is an empty one with
/// a configuration, made for this and removed again.
public final class Training {

    private static final List<String> LINES = List.of(
            "--help",
            "--version",
            "rollback --help",
            "help exit-codes",
            "status -e local --config FOLDER/lastgood.yaml --data FOLDER/data",
            "status -e local --config FOLDER/lastgood.yaml --data FOLDER/data -o json",
            "plan -e local --revision previous --config FOLDER/lastgood.yaml --data FOLDER/data",
            "release list -e local --config FOLDER/lastgood.yaml --data FOLDER/data",
            "history -e local --config FOLDER/lastgood.yaml --data FOLDER/data",
            // Nobody listens on port 1: what speaks to a cluster is loaded, and nothing is reached.
            "status -n shop deploy/web --kubeconfig FOLDER/kubeconfig",
            "rollback -n shop deploy/web --revision previous --dry-run --kubeconfig FOLDER/kubeconfig",
            "status --config FOLDER/nothing.yaml");

    private static final String KUBECONFIG = """
            apiVersion: v1
            kind: Config
            current-context: training
            clusters:
            - { name: nowhere, cluster: { server: "https://127.0.0.1:1", insecure-skip-tls-verify: true } }
            contexts:
            - { name: training, context: { cluster: nowhere, user: nobody } }
            users:
            - { name: nobody, user: { token: none } }
            """;

    private Training() {}

    public static void main(String[] args) throws IOException {
        var folder = Files.createTempDirectory("lastgood-training");
        try {
            Files.writeString(
                    folder.resolve(Discovery.FILE),
                    Starter.local("web", List.of("{artifact}", "--port", "{port}"), "web", 8080));
            Files.writeString(folder.resolve("kubeconfig"), KUBECONFIG);
            for (String line : LINES) {
                Main.run(line.replace("FOLDER", folder.toString()).split(" "));
            }
        } finally {
            remove(folder);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
