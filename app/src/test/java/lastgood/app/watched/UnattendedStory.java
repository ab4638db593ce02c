package lastgood.app.watched;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import lastgood.app.Main;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Step;
import lastgood.demo.load.Load;
import lastgood.demo.load.Mix;
import lastgood.demo.load.Warmup;
import lastgood.demo.server.IntelgraphServer;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.FileJournals;
import lastgood.engine.journal.Journal;
import lastgood.local.FileLedgers;
import lastgood.local.ScrapedNames;
import lastgood.local.files.DataFolder;
import lastgood.local.history.HistoryWriter;
import lastgood.local.proxy.Answered;

/// A release that is bad goes out to real users of real processes, and `lastgood watch --act`, whom nobody looks
/// after, takes it back. Everything is a process of its own, as on somebody's machine.
final class UnattendedStory implements AutoCloseable {

    static final String ENVIRONMENT = "production";
    static final String SERVICE = "intelgraph-server";

    /// Not deployed: where the new release has replaced the old one at once, only a service that shares its
    /// surroundings can tell a bad release from an outage of those.
    static final String NEIGHBOUR = "catalog-server";

    static final String GOOD = "v4.0.4";
    static final String BAD = "v4.0.5";

    private static final int INSTANCES = 3;
    private static final int NEIGHBOURS_PER_SECOND = 20;
    private static final long SEED = 11;

    private static final Duration COMMAND_WITHIN = Duration.ofMinutes(3);
    private static final Pattern AT = Pattern.compile("\"at\":\"([^\"]+)\"");
    private static final ObjectMapper JSON = new ObjectMapper();

    /// What is wrong with the bad release.
    enum Fault {
        /// Three of 25 requests fail.
        TWELVE_PERCENT("edges.weight=required\n"),
        OUTAGE("graph.store=graph-store.internl:7687\n");

        private final String properties;

        Fault(String properties) {
            this.properties = properties;
        }
    }

    /// @param scrapedEvery by a Prometheus; empty: the agent counts
    /// @param perSecond requests
    /// @param calm with users, before the bad release; the agent knows the time before a release only from there
    /// @param patience for all that comes after the bad release
    record Setting(Fault fault, Optional<Duration> scrapedEvery, int perSecond, Duration calm, Duration patience) {}

    /// What was measured; times since the first request that failed by the bad release.
    ///
    /// @param exit of the watch
    /// @param suspected empty: it was proved at once
    /// @param proved when the watch decided to go back
    /// @param restored when all instances were of the good release
    /// @param recovered when users were proved to be well
    /// @param proof in the words of the step that waited for it
    record Outcome(
            int exit,
            Duration deployed,
            Optional<Duration> suspected,
            Optional<Duration> proved,
            Optional<Duration> restored,
            Optional<Duration> lastFailure,
            Optional<Duration> recovered,
            int sent,
            int failed,
            String proof,
            List<String> said) {}

    private final Path folder;
    private final Setting setting;
    private final int port = DebiansPrometheus.freePort();
    private final int prometheusPort = DebiansPrometheus.freePort();
    private Optional<DebiansPrometheus> prometheus = Optional.empty();
    private Optional<Process> watch = Optional.empty();
    private final int neighboursPort = DebiansPrometheus.freePort();
    private boolean closed;
    private final List<Load> users = new ArrayList<>();

    UnattendedStory(Path folder, Setting setting) throws IOException {
        this.folder = folder;
        this.setting = setting;
    }

    private Path data() {
        return folder.resolve("data");
    }

    Outcome tell() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("lastgood.yaml"), yaml());
        rememberInHistory();
        Files.writeString(folder.resolve("graph.properties"), "# %s\n".formatted(GOOD));
        for (var service : List.of(SERVICE, NEIGHBOUR)) {
            command("release", "deploy", GOOD, "-e", ENVIRONMENT, "-s", service, "--yes");
        }
        livedForDays();
        command("release", "mark", "good", GOOD, "-e", ENVIRONMENT, "-s", SERVICE, "--reason", "served for weeks");
        if (setting.scrapedEvery().isPresent()) {
            prometheus = Optional.of(prometheus(setting.scrapedEvery().get()));
        }
        var load = users(port, setting.perSecond());
        users(neighboursPort, NEIGHBOURS_PER_SECOND);
        var out = folder.resolve("watch.jsonl");
        var watching = start(out, "watch", "-e", ENVIRONMENT, "-s", SERVICE, "--act", "--once", "-o", "json");
        watch = Optional.of(watching);
        Thread.sleep(setting.calm());
        var before = load.tape().totals();
        var deployed = Instant.now();
        Files.writeString(folder.resolve("graph.properties"), "# " + BAD + "\n" + setting.fault().properties);
        // The watch may stop it in the middle.
        var deploy = start(
                folder.resolve("deploy.log"), "release", "deploy", BAD, "-e", ENVIRONMENT, "-s", SERVICE, "--yes");
        var ended = watching.waitFor(setting.patience().toSeconds(), TimeUnit.SECONDS);
        deploy.waitFor(10, TimeUnit.SECONDS);
        users.forEach(Load::close);
        return outcome(load, before.failed(), deployed, out, ended ? watching.exitValue() : -1);
    }

    /// What went out just now is no guard, and this is about releases that have lived for a while. Their past is given
    /// to
    /// Prometheus; here it is given to the ledgers.
    private void livedForDays() throws IOException {
        for (var service : List.of(SERVICE, NEIGHBOUR)) {
            var file = new DataFolder(data()).ledger(new ServiceRef(ENVIRONMENT, service));
            var now = Files.readString(file);
            Files.writeString(
                    file,
                    AT.matcher(now)
                            .replaceAll(at -> "\"at\":\"%s\""
                                    .formatted(Instant.parse(at.group(1)).minus(Duration.ofDays(8)))));
        }
    }

    /// The agent's own memory of the hour before, for the stories in which it counts. Releases do not matter there.
    private void rememberInHistory() throws IOException {
        var now = Instant.now().minusSeconds(60).toEpochMilli();
        var writer = new HistoryWriter(data(), now - Duration.ofHours(1).toMillis());
        for (var at = now - Duration.ofHours(1).toMillis(); at < now; at += 1000) {
            var bad = at / 1000 % 17 == 0 ? 1 : 0;
            writer.write(
                    at,
                    List.of(history(SERVICE, setting.perSecond(), bad), history(NEIGHBOUR, NEIGHBOURS_PER_SECOND, 0)));
        }
    }

    private static Answered history(String service, int requests, int bad) {
        return new Answered(
                new ServiceRef(ENVIRONMENT, service).toString(),
                Digest.of("what served before").text(),
                service,
                "00000000",
                requests,
                bad,
                new TreeMap<>(Map.of(0, (long) requests)),
                new TreeMap<>());
    }

    private Load users(int at, int perSecond) throws InterruptedException {
        // A JVM that has answered nobody yet is slow, and that is not what this is about.
        var _ = Warmup.ratePerSecond(URI.create("http://127.0.0.1:" + at), new Mix(SEED));
        var load = new Load(
                URI.create("http://127.0.0.1:" + at), Load.Rate.of(perSecond), new Mix(SEED), InstantSource.system());
        users.add(load);
        return load;
    }

    private Outcome outcome(Load load, int failedBefore, Instant deployed, Path out, int exit) throws IOException {
        var tape = load.tape();
        var first = tape.firstFailure().orElse(deployed);
        var advices = advices(Files.readAllLines(out));
        var journal = rollback();
        return new Outcome(
                exit,
                Duration.between(first, deployed),
                advices.stream()
                        .filter(a -> a.path("release").asText().equals(BAD))
                        .filter(a -> a.has("suspectedSince"))
                        .findFirst()
                        .map(a -> since(first, at(a))),
                advices.stream()
                        .filter(a -> a.path("release").asText().equals(BAD))
                        .filter(a -> a.path("act").asText().equals("ROLL_BACK"))
                        .findFirst()
                        .map(a -> since(first, at(a))),
                journal.flatMap(j -> done(j, s -> s instanceof Step.PutRevision))
                        .map(at -> since(first, at)),
                tape.lastFailure().map(at -> since(first, at)),
                journal.flatMap(UnattendedStory::recovered).map(at -> since(first, at)),
                tape.totals().sent(),
                tape.totals().failed() - failedBefore,
                journal.flatMap(j -> j.state().verdict())
                        .map(Entry.VerdictReached::why)
                        .orElse(""),
                Files.readAllLines(out));
    }

    /// Which release answers users now.
    String answeredBy() throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var ask = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/health".formatted(port)))
                    .build();
            return client.send(ask, HttpResponse.BodyHandlers.discarding())
                    .headers()
                    .firstValue("X-Version")
                    .orElse("");
        }
    }

    private static Instant at(JsonNode advice) {
        return Instant.parse(advice.path("at").asText());
    }

    private static Duration since(Instant first, Instant at) {
        return Duration.between(first, at);
    }

    private static List<JsonNode> advices(List<String> lines) {
        var all = new ArrayList<JsonNode>();
        for (var line : lines) {
            try {
                var doc = JSON.readTree(line);
                if (doc != null && doc.path("kind").asText().equals("Advice")) {
                    all.add(doc);
                }
            } catch (JsonProcessingException _) {
                // what the run says goes to the same file here
            }
        }
        return all;
    }

    /// The last one that was planned.
    private Optional<Journal> rollback() {
        var journals = new FileJournals(data().resolve("runs"));
        return journals.runs().stream()
                .map(run -> Journal.open(journals, run))
                .filter(j -> !j.isEmpty()
                        && j.state().isPlanned()
                        && j.state().opened().kind() == Plan.Kind.ROLLBACK)
                .max(java.util.Comparator.comparing((Journal j) -> j.state().openedAt()));
    }

    private static Optional<Instant> recovered(Journal journal) {
        return journal.records().stream()
                .filter(r -> r.entry() instanceof Entry.VerdictReached(var _, var judgement, var _, var _)
                        && judgement == Entry.Judgement.PROVED)
                .map(r -> r.at())
                .findFirst();
    }

    private static Optional<Instant> done(Journal journal, Predicate<Step> which) {
        return journal.state().plan().steps().stream()
                .filter(s -> which.test(s.step()))
                .flatMap(s -> journal.records().stream()
                        .filter(r -> r.entry() instanceof Entry.Done done
                                && done.step().equals(s.id())))
                .map(r -> r.at())
                .reduce((_, last) -> last);
    }

    /// It remembers instances of the releases that are live now, as if they had served until a minute ago.
    private DebiansPrometheus prometheus(Duration interval) throws IOException, InterruptedException {
        var pods = new ArrayList<DebiansPrometheus.Past>();
        for (var i = 0; i < INSTANCES; i++) {
            pods.add(past(SERVICE, i, setting.perSecond() / INSTANCES));
        }
        pods.add(past(NEIGHBOUR, 0, NEIGHBOURS_PER_SECOND));
        DebiansPrometheus.remember(folder, pods, Instant.now().minusSeconds(60));
        return DebiansPrometheus.start(folder, prometheusPort, new DataFolder(data()).scrapeTargets(), interval);
    }

    private DebiansPrometheus.Past past(String service, int number, int perSecond) {
        var live = new FileLedgers(data())
                .read(new ServiceRef(ENVIRONMENT, service))
                .releases()
                .getLast();
        var name = ScrapedNames.of(
                new Workload(new ServiceRef(ENVIRONMENT, service), service),
                live.revision().digest(),
                "%08x".formatted(number));
        return new DebiansPrometheus.Past(ENVIRONMENT, service, name, Math.max(1, perSecond));
    }

    private String yaml() throws IOException {
        var metrics = setting.scrapedEvery().isEmpty()
                ? ""
                : "metrics: { prometheus: \"http://127.0.0.1:%d\" }\n".formatted(prometheusPort);
        return """
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                %senvironments:
                  %s: { local: { data: data, metrics: %s } }
                services:
                %s%spolicy:
                  automatic: { environments: [%s], types: [1] }
                  severity:
                    SEV-3: { action: rollback }
                """.formatted(
                        metrics,
                        ENVIRONMENT,
                        setting.scrapedEvery().isEmpty() ? "agent" : "prometheus",
                        service(SERVICE, port, INSTANCES).indent(2),
                        service(NEIGHBOUR, neighboursPort, 1).indent(2),
                        ENVIRONMENT);
    }

    private static String service(String name, int listen, int instances) {
        return """
                %s:
                  local:
                    command: ["%s", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx48m", "-cp", "%s", %s,
                              --port, "{port}", --version, "{version}", --config, "{config}/graph.properties"]
                    listen: %d
                    instances: %d
                    drain: 3s
                    stopWithin: 3s
                    config: [graph.properties]
                  verify:
                    window: 5s
                    checks:
                      auth: { http: { post: /auth/login, body: "{}", expect: { status: 200, jsonPath: "$.token" } } }
                      endpoints: { http: ["/api/v1/search?q=7"] }
                """.formatted(name, java(), program(), IntelgraphServer.class.getName(), listen, instances);
    }

    /// A folder with a space in its name is one with `%20` in its URL.
    private static Path program() {
        return Path.of(URI.create(IntelgraphServer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private void command(String... words) throws IOException, InterruptedException {
        var log = folder.resolve("command.log");
        var process = start(log, words);
        if (!process.waitFor(COMMAND_WITHIN.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("%s: %s".formatted(String.join(" ", words), Files.readString(log)));
        }
    }

    private Process start(Path out, String... words) throws IOException {
        var command = new ArrayList<>(List.of(
                java(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(words));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
    }

    /// Nothing is left running. Once: two may not be told to stop at the same time.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        users.forEach(Load::close);
        watch.ifPresent(Process::destroyForcibly);
        try {
            command("agent", "stop");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            prometheus.ifPresent(DebiansPrometheus::close);
        }
    }
}
