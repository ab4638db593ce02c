package lastgood.cli.run;

import java.time.Duration;
import java.util.Optional;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.out.Screen;
import lastgood.config.Durations;
import lastgood.core.InvalidName;
import lastgood.core.Reason;
import lastgood.core.RevisionSelector;
import lastgood.core.Severity;
import lastgood.core.plan.Plan;
import lastgood.core.plan.WithDatabase;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where to, why and how: what `rollback` and `plan` have in common.
final class RollbackOptions {

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "REV",
            description = {
                "previous   the newest good release older than what runs",
                "good       the newest good release, what runs included",
                "v4.0.4, 41, sha256:51ab…   that release, by version, number or digest"
            })
    @Nullable
    String revision;

    @Option(
            names = "--emergency",
            description =
                    "last known good at once: no questions, evidence within 3 s, the approval owed afterwards. Never less safety: schema check, lock and record stay")
    boolean emergency;

    @Option(names = "--severity", paramLabel = "SEV-n", description = "how bad it is; decides who has to approve")
    @Nullable
    String severity;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, in one line; goes into the record")
    @Nullable
    String reason;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "300 (seconds) or 5m; after that the run is paused, with exit 6, and can be resumed")
    @Nullable
    String timeout;

    @Option(
            names = "--with-db",
            paramLabel = "WHAT",
            description = {
                "auto      as the proof says: the schema stays, or is undone where nothing is lost (default)",
                "never     the schema stays as it is, whatever that means for the older release",
                "undo      migrations are undone, also where rows are lost with them",
                "undo-inexact   the same, also where the schema does not become what it was, but something that the",
                "          older release is proved to work on",
                "salvage   damaged rows are put back as `db corruption assess` counted them, later good ones stay",
                "swap, restore   the database goes back as a whole to an assessed scratch; the old one is kept"
            })
    @Nullable
    String withDb;

    @Option(
            names = "--scratch",
            paramLabel = "NAME",
            description = "with salvage, swap, restore: the scratch that was assessed (default: the last one)")
    @Nullable
    String scratch;

    @Option(
            names = "--type",
            paramLabel = "auto|1|2|3",
            description = "the runbook's type, if you know of more than the proof does; a lower one is refused")
    @Nullable
    String type;

    @Option(names = "--behind-maintenance", description = "show users the maintenance page meanwhile")
    boolean behindMaintenance;

    @Option(names = "--no-verify", description = "do not watch whether users recover; the run then ends unproved")
    boolean noVerify;

    /// What was asked for, checked: names are refused before anything is looked at.
    record Asked(
            RevisionSelector target,
            Optional<Severity> severity,
            boolean emergency,
            WithDatabase database,
            Optional<String> scratch,
            StatedType type,
            boolean confirmed,
            boolean behindMaintenance,
            boolean verify,
            String reason,
            Duration timeout) {}

    Asked asked(Session session) {
        return asked(session, new ConsentOptions());
    }

    /// @param consent in an emergency nobody is asked, so what changes data has to be confirmed beforehand
    Asked asked(Session session, ConsentOptions consent) {
        return new Asked(
                target(session),
                severity(),
                emergency,
                database(),
                Optional.ofNullable(scratch),
                StatedType.parse(type),
                consent.confirms(session.service().service()),
                behindMaintenance,
                !noVerify,
                reason(),
                timeout());
    }

    private RevisionSelector target(Session session) {
        if (revision != null) {
            return parsed(session, revision);
        }
        if (emergency) {
            return new RevisionSelector.Previous();
        }
        throw new Failure(
                Exit.USAGE,
                "it was not said where to go back to",
                Releases.lines(session),
                Failure.NOTHING_CHANGED,
                "add --revision previous, or one of the releases above");
    }

    private static RevisionSelector parsed(Session session, String text) {
        try {
            return RevisionSelector.parse(text);
        } catch (InvalidName e) {
            throw new Failure(
                    Exit.USAGE,
                    String.valueOf(e.getMessage()),
                    Releases.lines(session),
                    Failure.NOTHING_CHANGED,
                    "write previous, good, a version, a number or sha256:…");
        }
    }

    private Optional<Severity> severity() {
        return Optional.ofNullable(severity)
                .map(text -> Severity.parse(text)
                        .orElseThrow(() -> Failure.usage(
                                "there is no severity `%s`".formatted(Screen.plain(text)),
                                "SEV-1, SEV-2, SEV-3 or SEV-4")));
    }

    private WithDatabase database() {
        var word = withDb == null ? "auto" : withDb;
        var known = switch (word) {
            case "auto" -> WithDatabase.AUTO;
            case "never" -> WithDatabase.NEVER;
            case "undo" -> WithDatabase.UNDO;
            case "undo-inexact" -> WithDatabase.UNDO_INEXACT;
            case "salvage" -> WithDatabase.SALVAGE;
            // The runbook says restore; what we do is to put the restored one in the place of the old one.
            case "swap", "restore" -> WithDatabase.SWAP;
            default ->
                throw Failure.usage(
                        "--with-db `%s` is not known".formatted(Screen.plain(word)),
                        "auto, never, undo, undo-inexact, salvage, swap or restore");
        };
        if (scratch != null && known != WithDatabase.SALVAGE && known != WithDatabase.SWAP) {
            throw Failure.usage(
                    "--scratch says where to take rows from, and --with-db %s takes none".formatted(word),
                    "add --with-db salvage or --with-db swap, or leave --scratch out");
        }
        return known;
    }

    private String reason() {
        if (reason == null) {
            return emergency ? "emergency" : "no reason was given";
        }
        return new Reason(reason).text();
    }

    /// Zero = never: then each step's own limit holds.
    private Duration timeout() {
        return timeout == null ? Duration.ZERO : duration("--timeout", timeout);
    }

    static Duration duration(String flag, String text) {
        var duration = Durations.parseFlag(text).orElse(bad -> {
            throw Failure.usage("%s: %s".formatted(flag, Screen.plain(bad.fact())), bad.hint());
        });
        if (!duration.isPositive()) {
            throw Failure.usage("%s: must be more than nothing".formatted(flag), "write 300 (seconds) or 5m");
        }
        return duration;
    }

    /// The flags again, for commands that are printed; the target as it was resolved.
    String again(Plan plan) {
        return "--revision %s%s".formatted(plan.to(), rest());
    }

    /// Likewise, with the target as it was asked for: what `previous` means differs from service to service.
    String asAsked() {
        return "%s%s".formatted(revision == null ? "" : " --revision " + revision, rest());
    }

    private String rest() {
        var again = new StringBuilder();
        if (emergency) {
            again.append(" --emergency");
        }
        if (severity != null) {
            again.append(" --severity ").append(severity);
        }
        if (withDb != null) {
            again.append(" --with-db ").append(withDb);
        }
        if (scratch != null) {
            again.append(" --scratch ").append(Screen.plain(scratch));
        }
        if (type != null) {
            again.append(" --type ").append(type);
        }
        if (behindMaintenance) {
            again.append(" --behind-maintenance");
        }
        if (noVerify) {
            again.append(" --no-verify");
        }
        if (timeout != null) {
            again.append(" --timeout ").append(timeout);
        }
        return again.toString();
    }
}
