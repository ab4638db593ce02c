package lastgood.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds out which environment and which service are meant: a flag, a variable, or what the file says.
///
/// The environment is never guessed, not even when there is only one: the next one may be production. A service is,
/// when there is only one.
final class Choice {

    /// What `defaults.environment` says when there is to be none.
    static final String NONE = "none";

    private final Tree document;
    private final Set<String> environments;
    private final Set<String> services;
    private final Overrides overrides;

    Choice(Tree document, Set<String> environments, Set<String> services, Overrides overrides) {
        this.document = document;
        this.environments = environments;
        this.services = services;
        this.overrides = overrides;
    }

    Optional<String> environment(List<Problem> problems) {
        return said(Setting.ENVIRONMENT)
                .or(() -> inFile("environment").filter(said -> !said.name().equals(NONE)))
                .map(said -> known(said, "environment", environments, problems))
                .orElseGet(() -> unsaid(Setting.ENVIRONMENT, environments, problems));
    }

    Optional<String> service(List<Problem> problems) {
        return said(Setting.SERVICE)
                .or(() -> inFile("service"))
                .or(() -> services.size() == 1
                        ? Optional.of(new Said(services.iterator().next(), document.origin()))
                        : Optional.empty())
                .map(said -> known(said, "service", services, problems))
                .orElseGet(() -> unsaid(Setting.SERVICE, services, problems));
    }

    private Optional<Said> said(Setting setting) {
        var flag = Optional.ofNullable(overrides.flags().get(setting))
                .map(text -> new Said(text, new Origin.Flag(setting.flag())));
        return flag.or(() -> Optional.ofNullable(overrides.variables().get(setting.variable()))
                .filter(text -> !text.isBlank())
                .map(text -> new Said(text, new Origin.Variable(setting.variable()))));
    }

    private Optional<Said> inFile(String key) {
        return document.at("defaults")
                .flatMap(defaults -> defaults.at(key))
                .flatMap(value -> value.scalar().map(text -> new Said(text, value.origin())));
    }

    private static Optional<String> known(Said said, String what, Set<String> names, List<Problem> problems) {
        if (names.contains(said.name())) {
            return Optional.of(said.name());
        }
        problems.add(new Problem(
                said.origin(),
                "",
                "there is no %s `%s`".formatted(what, Shown.text(said.name())),
                Nearest.hint(said.name(), names, "known: " + String.join(", ", names))));
        return Optional.empty();
    }

    private Optional<String> unsaid(Setting setting, Set<String> names, List<Problem> problems) {
        problems.add(new Problem(
                document.origin() instanceof Origin.InFile in ? new Origin.WholeFile(in.file()) : document.origin(),
                "",
                "it was not said which %s is meant".formatted(setting.key()),
                "add %s, one of: %s".formatted(setting.flag(), String.join(", ", names))));
        return Optional.empty();
    }

    private record Said(String name, Origin origin) {}
}
