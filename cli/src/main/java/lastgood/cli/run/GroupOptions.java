package lastgood.cli.run;

import java.util.LinkedHashSet;
import java.util.List;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Where;
import lastgood.config.Catalog;
import lastgood.config.Resolved;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Several services at once.
final class GroupOptions {

    @Option(
            names = "--services",
            paramLabel = "A,B",
            split = ",",
            description =
                    "these, one after the other, whoever depends on another one first; stops at the first that fails")
    private @Nullable List<String> services;

    @Option(names = "--all", description = "likewise every service of the environment")
    private boolean all;

    /// @param ordered in the order in which they go back
    /// @param command what was asked for, for commands that are printed
    record Names(List<String> ordered, String command) {}

    boolean isMeant() {
        return services != null || all;
    }

    Names services(Tool tool, Where where) {
        if (where.common().namespace() != null) {
            throw Failure.usage(
                    "several services are named by a configuration, and -n is without one",
                    "use -e ENV; or roll back one after the other");
        }
        if (where.service() != null || (services != null && all)) {
            throw Failure.usage(
                    "-s, --services and --all say the same in different ways", "leave out all but one of them");
        }
        var catalog = tool.catalog(where.common());
        var environment = tool.place(where).effective().environment().name();
        var names =
                services == null ? all(tool, catalog, where, environment) : List.copyOf(new LinkedHashSet<>(services));
        // Names that are not there are refused by whoever opens them, with what was probably meant.
        var known = catalog.services().containsAll(names);
        return new Names(
                known ? catalog.dependentsFirst(environment, names) : names,
                "-e %s %s".formatted(environment, all ? "--all" : "--services " + String.join(",", names)));
    }

    /// Those that are meant for that environment.
    private static List<String> all(Tool tool, Catalog catalog, Where where, String environment) {
        return catalog.services().stream()
                .filter(service ->
                        catalog.effective(environment, service, tool.overrides(where)) instanceof Resolved.Ok)
                .toList();
    }
}
