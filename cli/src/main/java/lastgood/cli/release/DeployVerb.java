package lastgood.cli.release;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Screen;
import lastgood.cli.run.BeforeStepOne;
import lastgood.cli.run.Carry;
import lastgood.cli.run.Consent;
import lastgood.cli.run.ConsentOptions;
import lastgood.cli.run.Look;
import lastgood.cli.run.LookAtDatabase;
import lastgood.cli.run.PlanScreen;
import lastgood.core.Parts;
import lastgood.core.Reason;
import lastgood.core.Version;
import lastgood.core.plan.DatabaseFacts;
import lastgood.core.plan.Facts;
import lastgood.core.plan.Planned;
import lastgood.core.plan.RolloutPlanner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Puts a release out: kept first, so that it can be put back when everyone else has thrown it away.
@Command(
        name = "deploy",
        mixinStandardHelpOptions = true,
        description = "Puts a release out by the service's strategy, and writes it into the ledger.",
        footer = {
            "",
            "Examples:",
            "  lastgood release deploy v4.0.5 -e production",
            "  lastgood release deploy v4.0.5 -e staging --artifact build/web-v4.0.5.jar",
            "  lastgood release deploy v4.0.5 -e production --migration 20260102_add_edge_weight --apply"
        })
final class DeployVerb extends Verb {

    private final Tool tool;

    @Parameters(paramLabel = "VERSION", description = "what people call it, such as v4.0.5")
    private String version = "";

    @Mixin
    private Where where = new Where();

    @Mixin
    private ConsentOptions consent = new ConsentOptions();

    @Option(names = "--artifact", paramLabel = "FILE", description = "what it is made of (default: as configured)")
    private @Nullable String artifact;

    @Option(
            names = "--migration",
            paramLabel = "NAME",
            description = "a schema migration that it brings; once for each, oldest first")
    private List<String> migrations = List.of();

    @Option(
            names = "--apply",
            description = {
                "apply these migrations before the release; else somebody else does.",
                "It is so anyway where migrations.dir is configured and the service does not migrate at its start"
            })
    private boolean apply;

    @Option(names = "--force", description = "also if it is in quarantine")
    private boolean force;

    @Option(names = "--instances", paramLabel = "N", description = "how many, if nothing runs yet")
    private @Nullable Integer instances;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, in one line; goes into the record")
    private @Nullable String reason;

    @Option(names = "--dry-run", description = "show the plan and change nothing")
    private boolean dryRun;

    @Option(names = "--explain", description = "say at each step what exactly is done, on what condition")
    private boolean explain;

    DeployVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() throws InterruptedException {
        var name = new Version(version);
        var why = reason == null ? "a release" : new Reason(reason).text();
        migrations.forEach(Migrations::check);
        if (apply && migrations.isEmpty()) {
            throw Failure.usage("--apply was said, and no migration", "name them: --migration NAME, oldest first");
        }
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        if (!dryRun) {
            tool.ensureAgent(session, screen);
        }
        var facts = facts(session, screen);
        var planned = BeforeStepOne.look(session, plan(session, facts, name));
        return switch (planned) {
            case Planned.NothingToDo(var nothing) -> Carry.nothingToDo(screen, where.common(), session, nothing);
            case Planned.Refused(var fact, var details, var hint) -> throw Failure.refused(fact, details, hint);
            case Planned.Ready ready -> go(session, screen, facts, withoutPoint(facts, ready), why);
        };
    }

    private static Facts facts(Session session, Screen screen) {
        var facts = Look.facts(session);
        return session.hasDatabase() ? facts.with(new LookAtDatabase(session, screen::say).asItIs()) : facts;
    }

    /// A release may have to go out while the database is away; going back from it will then be of type 3.
    private static Planned.Ready withoutPoint(Facts facts, Planned.Ready ready) {
        if (!(facts.database() instanceof DatabaseFacts.Unknown(var why))) {
            return ready;
        }
        var remarks = new ArrayList<>(ready.remarks());
        remarks.add("no restore point: the database could not be looked at: " + why);
        return new Planned.Ready(ready.plan(), remarks);
    }

    private boolean weApply(Session session) {
        var database = session.effective().service().database();
        return apply
                || (!migrations.isEmpty()
                        && database != null
                        && database.migrations().dir() != null
                        && !database.migrations().atStart());
    }

    private Planned plan(Session session, Facts facts, Version name) {
        var options = new HashMap<String, String>();
        if (artifact != null) {
            options.put(
                    "artifact", tool.host().workingFolder().resolve(artifact).toString());
        }
        var revision = session.revisions().stage(session.service(), name, options);
        return RolloutPlanner.plan(
                facts,
                new RolloutPlanner.Request(
                        Parts.of(revision),
                        migrations,
                        weApply(session),
                        session.person(),
                        instances(session),
                        force,
                        session.ports().time().now()));
    }

    private int instances(Session session) {
        if (instances == null) {
            return session.instances();
        }
        if (instances < 1) {
            throw Failure.usage("--instances is %d".formatted(instances), "at least 1");
        }
        return instances;
    }

    private Exit go(Session session, Screen screen, Facts facts, Planned.Ready ready, String why)
            throws InterruptedException {
        var plan = new PlanScreen(session, facts, ready);
        if (dryRun) {
            if (where.common().format() == lastgood.cli.out.Format.JSON) {
                screen.data(Data.text(plan.data(), where.common().format()));
                return Exit.DONE;
            }
            screen.data(plan.lines("Rollout plan (dry run)"));
            screen.data("Nothing was changed. Run:  lastgood release deploy %s %s".formatted(version, session.flags()));
            return Exit.DONE;
        }
        new Consent(screen, session, consent)
                .require(
                        session.isProtected() ? Consent.Danger.MODERATE : Consent.Danger.MILD,
                        plan.lines("Rollout plan"),
                        "",
                        "lastgood release deploy %s %s".formatted(version, session.flags()));
        return new Carry(tool, session, screen, where.common())
                .out(ready.plan(), ready.remarks(), new Carry.How(why, false, java.time.Duration.ZERO, true, explain));
    }
}
