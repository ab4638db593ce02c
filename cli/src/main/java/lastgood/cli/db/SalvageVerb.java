package lastgood.cli.db;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.run.ConsentOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "salvage",
        mixinStandardHelpOptions = true,
        description = {
            "Puts damaged rows back as they were before the damage, in one transaction, and keeps every later good",
            "write. Rows that were damaged and changed since are left as they are, and listed."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood db salvage -e production --scratch lg_scratch_1        as it was counted",
            "  lastgood db salvage -e production --before-migration 20260102_add_edge_weight --confirm intelgraph-server"
        })
final class SalvageVerb extends DatabaseVerb {

    @Mixin
    private TargetOptions target = new TargetOptions();

    @Mixin
    private ConsentOptions consent = new ConsentOptions();

    @Option(names = "--dry-run", description = "count and show the plan, and change nothing")
    private boolean dryRun;

    SalvageVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() throws InterruptedException {
        var session = session();
        var assessment = target.assess(session, screen());
        return new Mend(tool(), session, screen(), common()).out(assessment, false, consent, dryRun);
    }
}
