package lastgood.cli.db;

import java.util.regex.Pattern;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Change;
import lastgood.cli.run.Consent.Danger;
import lastgood.cli.run.ConsentOptions;
import lastgood.cli.run.Look;
import lastgood.cli.run.LookAtDatabase;
import lastgood.cli.run.Report;
import lastgood.core.Reason;
import lastgood.core.data.Backup;
import lastgood.core.plan.DatabasePlanner;
import lastgood.core.plan.DatabasePlanner.Request;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.engine.journal.Journal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The runbook's `backup-database.sh`. Its name alone goes to stdout, so that a script can keep it.
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description = "Takes a backup, reads it back, and prints its name.",
        footer = {
            "",
            "Examples:",
            "  lastgood db backup -e production --reason pre-rollback-v4.0.5",
            "  NAME=$(lastgood db backup -e production --reason \"before the cleanup\" --alias before-cleanup)"
        })
final class BackupVerb extends DatabaseVerb {

    private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why, in one line; kept with it")
    private String reason = "";

    @Option(
            names = "--alias",
            paramLabel = "NAME",
            description = "what people call it (default: the reason, if that is one word)")
    private @Nullable String alias;

    BackupVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() throws InterruptedException {
        var why = new Reason(reason).text();
        var name = alias();
        var session = session();
        tool().ensureAgent(session, screen());
        var facts = Look.facts(session);
        var database = facts.with(known(new LookAtDatabase(session, screen()::say).asItIs()));
        return new Change(tool(), session, screen(), common(), report -> ended(session, report))
                .carry(
                        database,
                        DatabasePlanner.plan(database, new Request.TakeBackup(name, why)),
                        new ConsentOptions(),
                        Danger.MILD,
                        "",
                        "lastgood db backup");
    }

    private String alias() {
        if (alias == null) {
            return ALIAS.matcher(reason).matches() ? reason : "";
        }
        if (!ALIAS.matcher(alias).matches()) {
            throw Failure.usage(
                    "`%s` cannot be an alias".formatted(Screen.plain(alias)),
                    "letters, digits and `.` `_` `-`, at most 100, such as pre-migration-v4.0.5");
        }
        return alias;
    }

    private void ended(Session session, Report report) {
        var state = Journal.open(session.ports().journals(), report.run()).state();
        var name = state.plan().main().stream()
                .filter(s -> s.step() instanceof Step.TakeBackup && state.finished(s))
                .map(PlannedStep::id)
                .map(id -> Step.backupName(report.run() + "/" + id))
                .findFirst();
        if (isData()) {
            var doc = report.data();
            name.ifPresent(n -> doc.put("backup", n));
            screen().data(Data.text(doc, common().format()));
            return;
        }
        name.ifPresent(screen()::data);
        if (name.isEmpty()) {
            report.lines(screen()).forEach(screen()::warn);
        } else {
            screen().say("%s; lastgood db backups %s lists it, and db rehearse proves it"
                    .formatted(proof(session, name.get()), session.flags()));
        }
    }

    /// Not every provider can read one back without restoring it.
    private static String proof(Session session, String name) {
        return session.ports()
                .databases()
                .backups()
                .find(session.service(), name)
                .map(b -> switch (b.proof()) {
                    case Backup.Proof.Verified _ -> "taken and read back";
                    case Backup.Proof.Vouched _ -> "taken, by the provider's word; nobody has read it back";
                    case Backup.Proof.Unverified _, Backup.Proof.Broken _ -> "taken, and not read back";
                })
                .orElse("taken");
    }
}
