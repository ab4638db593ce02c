package lastgood.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A configuration file that was read, checked and found sound. Immutable.
public final class Catalog {

    private final CatalogSource source;
    private final String name;
    private final Map<String, EnvironmentConfig> environments;
    private final Set<String> services;
    private final PolicyConfig policy;
    private final Map<String, Contact> contacts;
    private final @Nullable MetricsConfig metrics;
    private final @Nullable PodMetricsConfig podMetrics;

    Catalog(
            CatalogSource source,
            String name,
            Map<String, EnvironmentConfig> environments,
            Set<String> services,
            PolicyConfig policy,
            Map<String, Contact> contacts,
            @Nullable MetricsConfig metrics,
            @Nullable PodMetricsConfig podMetrics) {
        this.source = source;
        this.name = name;
        this.environments = environments;
        this.services = services;
        this.policy = policy;
        this.contacts = contacts;
        this.metrics = metrics;
        this.podMetrics = podMetrics;
    }

    /// What `-n NAMESPACE KIND/NAME` means without any file: an environment named like the namespace, a service named
    /// like the workload, and every setting built in.
    ///
    /// @param workingFolder what relative paths count from
    /// @param workload null: none was named, and there is no service
    public static Parsed<Catalog> withoutFile(Path workingFolder, String namespace, @Nullable WorkloadRef workload) {
        return WithoutFile.catalog(workingFolder, namespace, workload);
    }

    /// `metadata.name`, or the name of the folder the file is in.
    public String name() {
        return name;
    }

    /// The file, as it is called in messages.
    public String file() {
        return source.file();
    }

    /// The folder of the file; relative paths in it count from here.
    public Path folder() {
        return source.folder();
    }

    /// Whether there is such a file. Else what holds is what the command line says and the built-in settings.
    public boolean isFile() {
        return source.isFile();
    }

    CatalogSource source(Tree document) {
        return new CatalogSource(source.file(), source.folder(), document, source.isFile());
    }

    /// By name, in the order of the file.
    public Map<String, EnvironmentConfig> environments() {
        return environments;
    }

    /// The names of the services, in the order of the file.
    public Set<String> services() {
        return services;
    }

    /// Some of the services in the order in which they go back: whoever calls another one goes first.
    public List<String> dependentsFirst(String environment, Collection<String> some) {
        return Dependencies.of(source.document(), environment).dependentsFirst(some);
    }

    /// The services of this file that call that one (`dependencies`): what hurts it hurts their users.
    public List<String> callersOf(String environment, String service) {
        return Dependencies.of(source.document(), environment).callersOf(service);
    }

    public PolicyConfig policy() {
        return policy;
    }

    /// By role, in the order of the file.
    public Map<String, Contact> contacts() {
        return contacts;
    }

    /// Null: none are connected.
    public @Nullable MetricsConfig metrics() {
        return metrics;
    }

    /// Null: pods are not read.
    public @Nullable PodMetricsConfig podMetrics() {
        return podMetrics;
    }

    /// The keys in the file that are accepted but that this version does nothing with: `services.*.gitops`.
    public List<String> notActedOn() {
        return NotYet.usedIn(source.document());
    }

    /// What the person should know although nothing is wrong; one sentence each.
    public List<String> notes() {
        return Notes.of(source.document());
    }

    /// The settings of the service and environment that are meant.
    public Resolved effective(Overrides overrides) {
        var choice = new Choice(source.document(), environments.keySet(), services, overrides);
        var problems = new ArrayList<Problem>();
        var environment = choice.environment(problems);
        var service = choice.service(problems);
        if (environment.isEmpty() || service.isEmpty()) {
            return new Resolved.Refused(problems);
        }
        return effective(environment.get(), service.get(), overrides);
    }

    /// The settings of this service in this environment; both must be in the file.
    public Resolved effective(String environment, String service, Overrides overrides) {
        var found = Optional.ofNullable(environments.get(environment))
                .orElseThrow(() -> new IllegalStateException("no environment " + environment));
        var findings = new Cursor.Findings();
        var effective = new EffectiveReader(source, name).read(found, service, policy, overrides, findings);
        var problems = new Problems();
        problems.addAll(findings.wrong().inReadingOrder());
        problems.addAll(findings.missing().inReadingOrder());
        return problems.isEmpty()
                ? new Resolved.Ok(effective.orElseThrow())
                : new Resolved.Refused(problems.inReadingOrder());
    }
}
