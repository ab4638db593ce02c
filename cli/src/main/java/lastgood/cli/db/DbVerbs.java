package lastgood.cli.db;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import picocli.CommandLine.Command;

@Command(
        name = "db",
        mixinStandardHelpOptions = true,
        description = "Looks at a service's database, backs it up, proves, undoes and mends it.",
        footer = {
            "",
            "Who writes, who waits:     lastgood db connections -e production --watch",
            "Before something risky:    lastgood db backup -e production --reason pre-rollback-v4.0.5",
            "Would the old one work?    lastgood db prove -e production",
            "Rows are damaged:          lastgood db fence -e production, then lastgood db corruption assess -e production"
        })
public final class DbVerbs extends Verb {

    private final Tool tool;

    public DbVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(
                new StatusVerb(tool),
                new ConnectionsVerb(tool),
                new BackupVerb(tool),
                new BackupsVerb(tool),
                new RehearseVerb(tool),
                new MigrationsVerb(tool),
                new ProveVerb(tool),
                new UndoVerb(tool),
                new CorruptionVerbs(tool),
                new SalvageVerb(tool),
                new RestoreVerb(tool),
                new IntegrityVerb(tool),
                new FenceVerb(tool),
                new UnfenceVerb(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }
}
