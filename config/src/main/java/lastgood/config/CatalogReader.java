package lastgood.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes a [Catalog] of a document, or lists everything that is wrong with it: first what the schema says, then what
/// one part says about another, then the values themselves, for every service in every environment.
final class CatalogReader {

    private static final SchemaCheck SCHEMA = new SchemaCheck();

    private CatalogReader() {}

    static Loaded read(String file, Path folder, String text) {
        var yaml = YamlText.read(file, text);
        var problems = new Problems();
        problems.addAll(yaml.problems());
        if (yaml.tree().isEmpty() || yaml.tree().get() instanceof Tree.Empty) {
            if (problems.isEmpty()) {
                problems.add(
                        new Origin.WholeFile(file),
                        "",
                        "the file is empty",
                        "`lastgood config init` writes one to begin with");
            }
            return new Loaded.Invalid(file, problems.inReadingOrder());
        }
        return read(new CatalogSource(file, folder, yaml.tree().get(), true), problems);
    }

    private static Loaded read(CatalogSource source, Problems problems) {
        var checked = SCHEMA.check(source.document());
        problems.addAll(checked.problems());
        References.check(source.document(), problems);
        var sound = Prune.of(source.document(), checked.badPaths());
        var findings = new Cursor.Findings();
        var catalog = catalog(new CatalogSource(source.file(), source.folder(), sound, true), findings);
        everyService(catalog, sound, findings);
        problems.addAll(findings.wrong().inReadingOrder());
        if (checked.problems().isEmpty()) {
            problems.addAll(findings.missing().inReadingOrder());
        }
        return problems.isEmpty()
                ? new Loaded.Ok(catalog)
                : new Loaded.Invalid(source.file(), problems.inReadingOrder());
    }

    static Catalog catalog(CatalogSource source, Cursor.Findings findings) {
        var at = Cursor.at(source.document(), "", findings);
        return new Catalog(
                source,
                at.at("metadata").at("name").text(folderName(source.folder())),
                environments(at.at("environments"), source.folder()),
                names(source.document()),
                policy(source.document(), findings),
                contacts(at.at("contacts")),
                metrics(at),
                podMetrics(at.at("metrics").at("pods")));
    }

    private static @Nullable PodMetricsConfig podMetrics(Cursor at) {
        var port = at.at("port");
        return at.present()
                ? new PodMetricsConfig(
                        at.at("scheme").text("http"),
                        port.present() ? OptionalInt.of(port.integer(0)) : OptionalInt.empty(),
                        at.at("path").text("/metrics"))
                : null;
    }

    private static @Nullable MetricsConfig metrics(Cursor at) {
        var brief = at.at("metrics").at("prometheus");
        var whole = at.at("connections").at("prometheus");
        if (brief.present() && whole.at("url").present()) {
            brief.problem("connections.prometheus says where it is, too", "remove one of the two");
        }
        var where = whole.at("url").present() ? whole.at("url") : brief;
        var url = where.uriOrNull();
        if (url == null) {
            return null;
        }
        // Java's URI has no host where a name is not one, as in http://a_b:9090
        if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
            where.problem("this is not the address of a Prometheus", "write http://HOST:PORT");
            return null;
        }
        return new MetricsConfig(
                url,
                SecretRefs.in(whole.at("auth").at("bearer").tree()).orElse(null),
                whole.at("tenant").textOrNull());
    }

    // ---- parts

    private static Map<String, EnvironmentConfig> environments(Cursor at, Path folder) {
        var all = new LinkedHashMap<String, EnvironmentConfig>();
        at.children()
                .forEach((name, environment) -> all.put(
                        name,
                        new EnvironmentConfig(
                                name,
                                platform(environment, folder),
                                environment.at("protected").truth(false),
                                environment.at("baseUrl").uriOrNull())));
        return Collections.unmodifiableMap(all);
    }

    private static Platform platform(Cursor at, Path folder) {
        return at.tree().entry("local").isPresent()
                ? new Platform.Local(
                        "prometheus".equals(at.at("local").at("metrics").textOrNull())
                                ? Platform.Counting.PROMETHEUS
                                : Platform.Counting.AGENT)
                : ClusterReader.platform(at, folder);
    }

    private static PolicyConfig policy(Tree document, Cursor.Findings findings) {
        var merged = document.at("policy").map(SettingsTree::policy).orElseGet(SettingsTree::builtInPolicy);
        return PolicyReader.read(new Cursor(merged, merged.origin(), "policy", findings));
    }

    private static Map<String, Contact> contacts(Cursor at) {
        var all = new LinkedHashMap<String, Contact>();
        at.children().forEach((role, contact) -> {
            var addresses = new LinkedHashMap<String, String>();
            for (var channel : List.of("slack", "email", "pagerduty", "phone")) {
                Optional.ofNullable(contact.at(channel).textOrNull()).ifPresent(to -> addresses.put(channel, to));
            }
            all.put(
                    role,
                    new Contact(
                            role,
                            addresses,
                            new LinkedHashSet<>(contact.at("users").texts())));
        });
        return Collections.unmodifiableMap(all);
    }

    private static Set<String> names(Tree document) {
        return document.at("services")
                .map(all -> Collections.unmodifiableSet(
                        new LinkedHashSet<>(all.entriesOrNone().keySet())))
                .orElse(Set.of());
    }

    private static String folderName(Path folder) {
        var name = folder.toAbsolutePath().normalize().getFileName();
        return name == null ? "lastgood" : name.toString();
    }

    // ---- every service in every environment

    private static void everyService(Catalog catalog, Tree document, Cursor.Findings findings) {
        var reader = new EffectiveReader(catalog.source(document), catalog.name());
        var readable = new ArrayList<Effective>();
        for (var service : catalog.services()) {
            for (var environment : worthReading(catalog, document, service)) {
                reader.read(environment, service, catalog.policy(), Overrides.none(), findings)
                        .ifPresent(readable::add);
            }
        }
        Ports.check(readable, document, findings.missing()); // a port that was refused is the default one here
    }

    /// Without settings of its own, one environment on a cluster shows the same problems as the next; reading each of
    /// 500 services for each of 60 would take half a minute.
    private static List<EnvironmentConfig> worthReading(Catalog catalog, Tree document, String service) {
        var here = meantForThisMachine(catalog, document, service);
        var own = document.at("services")
                .flatMap(all -> all.at(service))
                .flatMap(declared -> declared.at("environments"))
                .map(all -> all.entriesOrNone().keySet())
                .orElse(Set.of());
        var clusters = catalog.environments().values().stream()
                .filter(environment -> !environment.isLocal())
                .toList();
        return catalog.environments().values().stream()
                .filter(environment -> environment.isLocal()
                        ? here
                        : environment.equals(clusters.getFirst()) || own.contains(environment.name()))
                .toList();
    }

    /// Where some environments are on a cluster and some on this machine, a service that says nothing about this
    /// machine is meant for the cluster only; asking for it here is refused when somebody does.
    private static boolean meantForThisMachine(Catalog catalog, Tree document, String service) {
        var declared = document.at("services").flatMap(all -> all.at(service));
        return catalog.environments().values().stream().allMatch(EnvironmentConfig::isLocal)
                || declared.flatMap(d -> d.at("local")).isPresent()
                || declared.flatMap(d -> d.at("environments")).stream()
                        .flatMap(all -> all.entriesOrNone().values().stream())
                        .anyMatch(override -> override.value().at("local").isPresent());
    }
}
