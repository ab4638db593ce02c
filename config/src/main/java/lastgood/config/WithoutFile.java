package lastgood.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makes a catalogue of what a command line says about a cluster. It is a document like any other, so that defaults,
/// variables and flags are laid over it in the same way; only its origins are flags instead of lines.
final class WithoutFile {

    /// How messages call it.
    static final String NAME = "(no file)";

    /// What the data folder is named after. One for all clusters: it only holds what is kept on this machine.
    private static final String CATALOG = "clusters";

    private static final Origin NAMESPACE = new Origin.Flag("--namespace");
    private static final Origin WORKLOAD = new Origin.Flag("--workload");

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private WithoutFile() {}

    static Parsed<Catalog> catalog(Path folder, String namespace, @Nullable WorkloadRef workload) {
        if (!LABEL.matcher(namespace).matches()) {
            return new Parsed.Bad<>(
                    "`%s` is not the name of a namespace".formatted(Shown.text(namespace)),
                    "lower-case letters, digits and dashes, at most 63");
        }
        var document = new Tree.Mapping(
                NAMESPACE,
                Map.of(
                        "metadata", entry(NAMESPACE, mapping(NAMESPACE, "name", Tree.text(NAMESPACE, CATALOG))),
                        "environments",
                                entry(
                                        NAMESPACE,
                                        mapping(
                                                NAMESPACE,
                                                namespace,
                                                mapping(NAMESPACE, "namespace", Tree.text(NAMESPACE, namespace)))),
                        "services", entry(WORKLOAD, services(workload))));
        return new Parsed.Good<>(
                CatalogReader.catalog(new CatalogSource(NAME, folder, document, false), new Cursor.Findings()));
    }

    private static Tree services(@Nullable WorkloadRef workload) {
        if (workload == null) {
            return new Tree.Mapping(WORKLOAD, Map.of());
        }
        var block = new LinkedHashMap<String, Tree.Entry>();
        block.put("kind", entry(WORKLOAD, Tree.text(WORKLOAD, workload.kind().word())));
        block.put("name", entry(WORKLOAD, Tree.text(WORKLOAD, workload.name())));
        return mapping(WORKLOAD, workload.name(), mapping(WORKLOAD, "workload", new Tree.Mapping(WORKLOAD, block)));
    }

    private static Tree mapping(Origin origin, String key, Tree value) {
        return new Tree.Mapping(origin, Map.of(key, entry(origin, value)));
    }

    private static Tree.Entry entry(Origin origin, Tree value) {
        return new Tree.Entry(origin, value);
    }
}
