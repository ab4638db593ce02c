package lastgood.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import lastgood.config.Catalog;
import lastgood.config.ConfigLoader;
import lastgood.config.Durations;
import lastgood.config.Loaded;
import lastgood.demo.server.IntelgraphServer;

/// The folder of the demo: what a team's checkout would hold. A `lastgood.yaml`, an artifact for each version, the
/// configuration that goes out with it, and below `data` what lastgood keeps.
final class Stage {

    static final String ENVIRONMENT = "demo";
    static final String SERVICE = "intelgraph-server";
    static final String FIRST = "v4.0.3";
    static final String GOOD = "v4.0.4";
    static final String BAD = "v4.0.5";

    /// Who types, and who may approve.
    static final String ONCALL = "sam";

    static final String LEAD = "maya";

    static final int INSTANCES = 3;

    /// Usually 30 minutes each.
    static final Duration BAKE = Duration.ofSeconds(3);

    static final Duration WATCH = Duration.ofSeconds(5);

    /// A file that says: this folder is a demo's. What is in it tells whether it was left running on purpose.
    static final String MARKER = ".lastgood-demo";

    static final String KEPT = "kept\n";

    /// The service's data, its migrations, and what has to hold whatever happens.
    private static final String DATABASE = """
                database:
                  kind: embedded
                  migrations: { dir: migrations }
                  integrity:
                    quick: ["SELECT src, dst FROM public.edges WHERE weight <= 0"]
            """.indent(0);

    private static final String CLASSES = "lastgood/demo/server/";

    private final Path folder;
    private final int port;

    private Stage(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /// Writes everything but the releases.
    ///
    /// @param keep whether it is to be left running
    static Stage set(Path folder, Scenario scenario, String java, boolean keep) throws IOException {
        var stage = new Stage(folder, freePort());
        Files.createDirectories(folder.resolve("artifacts"));
        Files.writeString(folder.resolve(MARKER), keep ? KEPT : "");
        Files.writeString(stage.config(), stage.yaml(scenario, java));
        return stage;
    }

    Path folder() {
        return folder;
    }

    Path config() {
        return folder.resolve("lastgood.yaml");
    }

    Path data() {
        return folder.resolve("data");
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /// As lastgood itself reads it.
    Catalog catalog() throws StoryFailed {
        return switch (new ConfigLoader().load(config())) {
            case Loaded.Ok(var catalog) -> catalog;
            case Loaded.Invalid invalid -> throw new StoryFailed(invalid.text());
        };
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    // ---- a release

    /// What a build leaves behind: the artifact, and the configuration beside it.
    void build(String version, Scenario scenario) throws IOException {
        var properties = version.equals(BAD) ? scenario.fault().properties() : "";
        Files.writeString(
                folder.resolve("graph.properties"), "# intelgraph-server %s\n%s".formatted(version, properties));
        var migration = Migration.of(scenario, version);
        if (migration.isPresent()) {
            migration.get().write(folder.resolve("migrations"));
        }
        var classes = classes();
        classes.put("version.txt", (version + "\n").getBytes(UTF_8));
        try (var jar = new JarOutputStream(
                Files.newOutputStream(folder.resolve("artifacts/%s-%s.jar".formatted(SERVICE, version))))) {
            for (var file : classes.entrySet()) {
                var entry = new ZipEntry(file.getKey());
                entry.setLastModifiedTime(FileTime.fromMillis(0));
                jar.putNextEntry(entry);
                jar.write(file.getValue());
                jar.closeEntry();
            }
        }
    }

    /// The service's own classes, wherever this program was started from.
    private static Map<String, byte[]> classes() throws IOException {
        var from = codeSource();
        var classes = new TreeMap<String, byte[]>();
        if (Files.isDirectory(from)) {
            try (var files = Files.list(from.resolve(CLASSES))) {
                for (var file : files.toList()) {
                    classes.put(CLASSES + file.getFileName(), Files.readAllBytes(file));
                }
            }
            return classes;
        }
        try (var jar = new JarFile(from.toFile())) {
            for (var entry : jar.stream()
                    .filter(e -> e.getName().startsWith(CLASSES) && !e.isDirectory())
                    .toList()) {
                classes.put(entry.getName(), jar.getInputStream(entry).readAllBytes());
            }
        }
        return classes;
    }

    private static Path codeSource() {
        try {
            return Path.of(IntelgraphServer.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("where the program is, is no address", e);
        }
    }

    // ---- lastgood.yaml

    private String yaml(Scenario scenario, String java) {
        return """
                # Written by `lastgood demo`. Two times are shorter than anyone should have them: bake and window (30m each).
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                metadata: { name: lastgood-demo }
                environments:
                  %s: { local: { data: data }, protected: true }
                services:
                  %s:
                    strategy: %s
                    local:
                      command:
                        - %s
                        - -XX:+UseSerialGC
                        - -XX:TieredStopAtLevel=1
                        - -Xmx48m
                        - -cp
                        - %s
                        - %s
                        - --port
                        - "{port}"
                        - --version
                        - "{version}"
                        - --config
                        - "{config}/graph.properties"
                      artifact: "artifacts/%s-{version}.jar"
                      listen: %d
                      instances: %d
                      drain: 3s
                      stopWithin: 3s
                      config: [graph.properties]
                %s    verify:
                      window: %s
                      checks:
                        latencyP95: { below: 1s }
                        auth: { http: { post: /auth/login, body: "{}", expect: { status: 200, jsonPath: "$.token" } } }
                        endpoints: { http: [/health, "/api/v1/graph?node=5", "/api/v1/search?q=7"] }
                policy:
                  bake: %s
                contacts:
                  oncall: { users: [%s] }
                  platform-lead: { users: [%s] }
                """.formatted(
                ENVIRONMENT,
                SERVICE,
                scenario.strategy(),
                quoted(java),
                scenario.hasDatabase() ? '"' + "{artifact}:" + quoted(driver()).substring(1) : "\"{artifact}\"",
                IntelgraphServer.class.getName(),
                SERVICE,
                port,
                INSTANCES,
                scenario.hasDatabase() ? DATABASE : "",
                Durations.text(WATCH),
                Durations.text(BAKE),
                ONCALL,
                LEAD);
    }

    /// Where the driver lies that the service enters its database with.
    private static String driver() {
        try {
            return Path.of(Class.forName("org.postgresql.Driver")
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (ClassNotFoundException | URISyntaxException e) {
            throw new IllegalStateException("the demo comes with a driver for PostgreSQL", e);
        }
    }

    /// As a YAML scalar; braces are places to be filled in, so they are doubled.
    private static String quoted(String word) {
        return '"'
                + word.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("{", "{{")
                        .replace("}", "}}")
                + '"';
    }

    // ---- the end

    /// Removes a folder with all that is in it.
    static void remove(Path folder) throws IOException {
        List<Path> files;
        try (var walk = Files.walk(folder)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (var file : files) {
            Files.deleteIfExists(file);
        }
    }
}
