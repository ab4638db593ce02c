package lastgood.cli.db;

import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Change;
import lastgood.cli.run.Consent.Danger;
import lastgood.cli.run.ConsentOptions;
import lastgood.cli.run.Look;
import lastgood.cli.run.LookAtDatabase;
import lastgood.core.Words;
import lastgood.core.data.Assessment;
import lastgood.core.data.Assessment.Way;
import lastgood.core.plan.DatabasePlanner;
import lastgood.core.plan.DatabasePlanner.Request;

/// Mends data from an assessment: what is at stake is on the screen before anyone is asked.
record Mend(Tool tool, Session session, Screen screen, Common common) {

    Exit out(Assessment assessment, boolean swap, ConsentOptions consent, boolean dryRun) throws InterruptedException {
        var shown = new AssessmentLines(assessment).lines();
        if (dryRun) {
            shown.forEach(screen::say);
        } else {
            // Also where nobody is asked: whoever reads the log later sees what was decided on.
            shown.forEach(screen::warn);
            tool.ensureAgent(session, screen);
        }
        var facts = Look.facts(session)
                .with(DatabaseVerb.known(new LookAtDatabase(session, screen::say).mending(assessment)));
        var planned = DatabasePlanner.plan(facts, swap ? new Request.Swap() : new Request.Salvage());
        var command = "lastgood db %s %s %s"
                .formatted(swap ? "restore" : "salvage", session.flags(), TargetOptions.again(assessment));
        var change = new Change(tool, session, screen, common);
        return dryRun
                ? change.show(facts, planned, command)
                : change.carry(facts, planned, consent, Danger.SEVERE, why(assessment, swap), command);
    }

    private static String why(Assessment assessment, boolean swap) {
        var kind = swap ? Way.Kind.SWAP : Way.Kind.SALVAGE;
        var way = assessment.ways().stream().filter(w -> w.kind() == kind).findFirst();
        var lost = way.map(Way::lost).orElse(0L);
        var conflicts = way.map(Way::conflicts).orElse(0L);
        return "%s; %s%s"
                .formatted(
                        swap ? "the database goes back as a whole" : "damaged rows are put back",
                        lost == 0 ? "no good row is lost" : "%s lost".formatted(areLost(lost)),
                        conflicts == 0 ? "" : ", %s left to you".formatted(Words.count(conflicts, "conflict")));
    }

    private static String areLost(long lost) {
        return Words.count(lost, "good row") + (lost == 1 ? " is" : " are");
    }
}
