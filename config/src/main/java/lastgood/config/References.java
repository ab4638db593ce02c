package lastgood.config;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Checks what one part of the file says about another: names must exist, and some things exclude each other.
/// Works on any tree, however wrong, so that these problems are reported together with all the others.
final class References {

    private final Tree document;
    private final Set<String> environments;
    private final Set<String> services;
    private final Problems problems;

    private References(Tree document, Problems problems) {
        this.document = document;
        this.environments = keys(document, "environments");
        this.services = keys(document, "services");
        this.problems = problems;
    }

    static void check(Tree document, Problems problems) {
        new References(document, problems).check();
    }

    private void check() {
        defaults();
        document.at("environments").ifPresent(all -> all.entriesOrNone().forEach(this::environment));
        document.at("services").ifPresent(all -> all.entriesOrNone().forEach(this::overrides));
        circles();
        policy();
        document.at("drills")
                .flatMap(drills -> drills.at("environment"))
                .ifPresent(name -> exists(name, "drills.environment", "environment", environments));
    }

    private void defaults() {
        document.at("defaults")
                .flatMap(d -> d.at("service"))
                .ifPresent(name -> exists(name, "defaults.service", "service", services));
        var chosen = document.at("defaults").flatMap(d -> d.at("environment"));
        chosen.filter(name -> !name.scalar().equals(Optional.of(Choice.NONE))).ifPresent(name -> {
            exists(name, "defaults.environment", "environment", environments);
            if (isProtected(name.scalar().orElse(""))) {
                problems.add(
                        name.origin(),
                        "defaults.environment",
                        "`%s` is protected and cannot be what is meant by omission"
                                .formatted(name.scalar().orElse("")),
                        "write none");
            }
        });
    }

    private boolean isProtected(String environment) {
        return document.at("environments")
                .flatMap(all -> all.at(environment))
                .flatMap(e -> e.at("protected"))
                .flatMap(Tree::scalar)
                .filter("true"::equalsIgnoreCase)
                .isPresent();
    }

    private boolean saysPrometheus() {
        return document.at("metrics").flatMap(m -> m.at("prometheus")).isPresent()
                || document.at("connections")
                        .flatMap(c -> c.at("prometheus"))
                        .flatMap(p -> p.at("url"))
                        .isPresent();
    }

    private void environment(String name, Tree.Entry entry) {
        var path = Paths.child("environments", name);
        if (name.equals(Choice.NONE)) {
            problems.add(entry.key(), path, "`none` means no environment and cannot be one", "choose another name");
        }
        if (entry.value().entry("local").isEmpty()) {
            return;
        }
        entry.value()
                .at("local")
                .flatMap(local -> local.entry("metrics"))
                .filter(metrics ->
                        metrics.value().scalar().filter("prometheus"::equals).isPresent() && !saysPrometheus())
                .ifPresent(metrics -> problems.add(
                        metrics.key(),
                        Paths.child(Paths.child(path, "local"), "metrics"),
                        "nothing says where that Prometheus is",
                        "write metrics.prometheus, or leave this out: the agent counts by itself"));
        for (var key : Set.of("cluster", "namespace")) {
            entry.value()
                    .entry(key)
                    .ifPresent(other -> problems.add(
                            other.key(),
                            Paths.child(path, key),
                            "an environment with `local` is on this machine and has no `%s`".formatted(key),
                            "remove one of the two"));
        }
    }

    private void overrides(String service, Tree.Entry entry) {
        var path = Paths.child(Paths.child("services", service), "environments");
        entry.value()
                .at("environments")
                .ifPresent(all -> all.entriesOrNone()
                        .forEach((name, override) ->
                                known(name, override.key(), Paths.child(path, name), "environment", environments)));
    }

    /// Of an environment only what the settings for it add: the rest has been said already.
    private void circles() {
        var everywhere = Dependencies.of(document, null).circles();
        everywhere.forEach(circle -> circle(circle, ""));
        for (var environment : environments) {
            Dependencies.of(document, environment).circles().stream()
                    .filter(circle -> everywhere.isEmpty())
                    .forEach(circle -> circle(circle, " in " + environment));
        }
    }

    private void circle(List<String> circle, String where) {
        var first = document.at("services")
                .flatMap(all -> all.entry(circle.getFirst()))
                .map(entry ->
                        entry.value().entry("dependencies").map(Tree.Entry::key).orElse(entry.key()))
                .orElse(document.origin());
        problems.add(
                first,
                Paths.child(Paths.child("services", circle.getFirst()), "dependencies"),
                "the services call each other in a circle%s: %s".formatted(where, String.join(" → ", circle)),
                "remove one of these dependencies: nothing says which of them goes back first");
    }

    private void policy() {
        var policy = document.at("policy");
        policy.flatMap(p -> p.at("automatic"))
                .flatMap(automatic -> automatic.at("environments"))
                .ifPresent(all -> each(all, "policy.automatic.environments", "environment", environments));
        // without any contacts, roles are just names for people; with some, a role that nobody has is a slip
        var roles = keys(document, "contacts");
        if (!roles.isEmpty()) {
            policy.flatMap(p -> p.at("severity"))
                    .ifPresent(all -> all.entriesOrNone()
                            .forEach((level, rule) -> rule.value()
                                    .at("approval")
                                    .flatMap(a -> a.at("by"))
                                    .ifPresent(by -> each(
                                            by, "policy.severity.%s.approval.by".formatted(level), "contact", roles))));
        }
    }

    private void each(Tree names, String path, String what, Set<String> known) {
        exists(names, path, what, known);
        for (int i = 0; i < names.itemsOrNone().size(); i++) {
            exists(names.itemsOrNone().get(i), Paths.child(path, i), what, known);
        }
    }

    private void exists(Tree name, String path, String what, Set<String> known) {
        name.scalar().ifPresent(text -> known(text, name.origin(), path, what, known));
    }

    private void known(String name, Origin where, String path, String what, Collection<String> known) {
        if (!known.contains(name)) {
            problems.add(
                    where,
                    path,
                    "there is no %s `%s`".formatted(what, Shown.text(name)),
                    Nearest.hint(name, known, known.isEmpty() ? "" : "known: " + String.join(", ", known)));
        }
    }

    private static Set<String> keys(Tree document, String key) {
        return document.at(key).map(all -> all.entriesOrNone().keySet()).orElse(Set.of());
    }
}
