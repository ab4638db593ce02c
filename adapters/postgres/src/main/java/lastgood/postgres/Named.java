package lastgood.postgres;

import java.util.List;
import java.util.Optional;
import lastgood.core.data.Backup;
import lastgood.engine.port.Forbidden;

/// The backup that is meant, of a list that is not our own catalogue.
final class Named {

    private Named() {}

    /// @param all newest first
    /// @param name or alias; empty = the newest that is not broken
    static Backup in(List<Backup> all, Optional<String> name) {
        var found = all.stream()
                .filter(b -> name.map(n -> b.name().equals(n)).orElse(!(b.proof() instanceof Backup.Proof.Broken)))
                .findFirst();
        return found.or(() -> byAlias(all, name.orElse("")))
                .orElseThrow(() -> new Forbidden(
                        "there is no backup `%s`\nnothing was changed\nhint: `lastgood db backups` lists them"
                                .formatted(name.orElse("to begin with"))));
    }

    private static Optional<Backup> byAlias(List<Backup> all, String alias) {
        var found = all.stream()
                .filter(b -> !alias.isEmpty() && b.alias().equals(alias))
                .toList();
        if (found.size() > 1) {
            throw new Forbidden("%d backups are called `%s`\nnothing was changed\nhint: say one by its name"
                    .formatted(found.size(), alias));
        }
        return found.stream().findFirst();
    }
}
