package lastgood.cli;

import java.util.List;
import lastgood.cli.agent.AgentVerbs;
import lastgood.cli.cluster.ClusterVerbs;
import lastgood.cli.config.ConfigVerbs;
import lastgood.cli.db.DbVerbs;
import lastgood.cli.db.GateVerb;
import lastgood.cli.db.ScaleVerbs;
import lastgood.cli.drill.DrillVerbs;
import lastgood.cli.help.CompletionVerb;
import lastgood.cli.help.HelpVerb;
import lastgood.cli.help.VersionVerb;
import lastgood.cli.look.EvidenceVerbs;
import lastgood.cli.look.HistoryVerb;
import lastgood.cli.look.StatusVerb;
import lastgood.cli.look.VerifyVerb;
import lastgood.cli.metrics.MetricsVerbs;
import lastgood.cli.release.ReleaseVerbs;
import lastgood.cli.run.AbortVerb;
import lastgood.cli.run.ApprovalsVerb;
import lastgood.cli.run.ApproveVerb;
import lastgood.cli.run.AttachVerb;
import lastgood.cli.run.PauseVerb;
import lastgood.cli.run.PlanVerb;
import lastgood.cli.run.RejectVerb;
import lastgood.cli.run.ResumeVerb;
import lastgood.cli.run.RollbackVerb;
import lastgood.cli.run.UndoVerb;
import lastgood.cli.run.UnlockVerb;
import lastgood.cli.shim.ShimVerbs;
import lastgood.cli.strategy.MaintenanceVerbs;
import lastgood.cli.strategy.StrategyVerbs;
import lastgood.cli.strategy.TrafficVerbs;
import lastgood.cli.watch.AskVerb;
import lastgood.cli.watch.WatchVerb;

/// What can be said, in the order of the help: what is needed at 3 a.m. first.
final class Verbs {

    private Verbs() {}

    static List<Verb> all(Tool tool) {
        return List.of(
                new RollbackVerb(tool),
                new PlanVerb(tool),
                new UndoVerb(tool),
                new StatusVerb(tool),
                new AskVerb(tool),
                new WatchVerb(tool),
                new AttachVerb(tool),
                new PauseVerb(tool),
                new ResumeVerb(tool),
                new AbortVerb(tool),
                new ApproveVerb(tool),
                new RejectVerb(tool),
                new ApprovalsVerb(tool),
                new UnlockVerb(tool),
                new VerifyVerb(tool),
                new MetricsVerbs(tool),
                new ReleaseVerbs(tool),
                new StrategyVerbs(tool),
                new TrafficVerbs(tool),
                new MaintenanceVerbs(tool),
                new DbVerbs(tool),
                new GateVerb(tool),
                new ScaleVerbs(tool),
                new DrillVerbs(tool),
                new EvidenceVerbs(tool),
                new HistoryVerb(tool),
                new ConfigVerbs(tool),
                new ClusterVerbs(tool),
                new AgentVerbs(tool),
                new ShimVerbs(tool),
                new CompletionVerb(tool),
                new VersionVerb(tool),
                new HelpVerb(tool));
    }
}
