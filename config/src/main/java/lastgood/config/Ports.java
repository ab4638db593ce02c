package lastgood.config;

import java.util.ArrayList;
import java.util.List;

/// Finds two services of this machine whose proxies would listen at the same port. The second one could not start,
/// and it would be found out in the middle of a deployment.
final class Ports {

    private record Taken(Listen listen, String environment, String service) {

        boolean collidesWith(Listen other) {
            return listen.port() == other.port()
                    && (listen.host().equals(other.host()) || everywhere(listen) || everywhere(other));
        }

        private static boolean everywhere(Listen listen) {
            return listen.host().equals("0.0.0.0") || listen.host().equals("[::]");
        }
    }

    private Ports() {}

    static void check(List<Effective> all, Tree document, Problems problems) {
        var taken = new ArrayList<Taken>();
        for (var effective : all) {
            var local = effective.service().local();
            if (local != null) {
                var here = new Taken(
                        local.listen(),
                        effective.environment().name(),
                        effective.service().name());
                taken.stream()
                        .filter(other -> other.collidesWith(here.listen()))
                        .findFirst()
                        .ifPresent(other -> problems.add(problem(here, other, effective, document)));
                taken.add(here);
            }
        }
    }

    private static Problem problem(Taken here, Taken other, Effective effective, Tree document) {
        var origin = effective.rows().stream()
                .filter(row -> row.key().equals("local.listen"))
                .map(Row::origin)
                .filter(Origin.InFile.class::isInstance)
                .findFirst()
                .or(() -> document.at("services")
                        .flatMap(services -> services.entry(here.service()))
                        .map(Tree.Entry::key))
                .orElse(document.origin());
        var path = "services.%s.local.listen".formatted(here.service());
        return new Problem(
                origin,
                path,
                "port %d is taken by `%s` in environment `%s`"
                        .formatted(here.listen().port(), other.service(), other.environment()),
                here.service().equals(other.service())
                        ? "give it another one in services.%s.environments.%s.local.listen"
                                .formatted(here.service(), here.environment())
                        : "give it another port");
    }
}
