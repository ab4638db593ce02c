package lastgood.cli.db;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.out.Screen;
import lastgood.core.data.Backup;

/// The backup that a person names: by its name, its alias or the provider's own label. Aliases need not be unique, and
/// which of two is meant is nothing to guess.
final class NamedBackup {

    private static final int SHOWN_MAX = 8;

    private NamedBackup() {}

    static Backup in(Session session, String text) {
        var all = session.ports().databases().backups().all(session.service());
        return Stream.<Predicate<Backup>>of(
                        b -> b.name().equals(text),
                        b -> b.alias().equals(text),
                        b -> b.label().equals(text))
                .map(named -> all.stream().filter(named).toList())
                .filter(found -> !found.isEmpty())
                .findFirst()
                .map(found -> theOne(found, text))
                .orElseThrow(() -> new Failure(
                        Exit.USAGE,
                        "there is no backup `%s` of %s".formatted(Screen.plain(text), session.service()),
                        lines(all),
                        Failure.NOTHING_CHANGED,
                        all.isEmpty()
                                ? "there is none at all: lastgood db backup --reason TEXT"
                                : "name one of these, by its name or its alias"));
    }

    private static Backup theOne(List<Backup> found, String text) {
        if (found.size() > 1) {
            throw new Failure(
                    Exit.USAGE,
                    "`%s` is %d different backups".formatted(Screen.plain(text), found.size()),
                    lines(found),
                    Failure.NOTHING_CHANGED,
                    "name it by its name, the first word of a line");
        }
        return found.getFirst();
    }

    private static List<String> lines(List<Backup> backups) {
        return backups.stream()
                .limit(SHOWN_MAX)
                .map(b -> "%s  %s  %s  %s"
                        .formatted(
                                Screen.plain(b.name()),
                                b.alias().isEmpty() ? "-" : Screen.plain(b.alias()),
                                b.kind(),
                                b.finished()))
                .toList();
    }
}
