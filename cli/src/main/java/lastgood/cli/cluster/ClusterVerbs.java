package lastgood.cli.cluster;

import java.util.ArrayList;
import java.util.List;
import lastgood.cli.ClusterAdmin;
import lastgood.cli.ClusterAdmin.Change;
import lastgood.cli.ClusterAdmin.Did;
import lastgood.cli.ClusterAdmin.Finding;
import lastgood.cli.ClusterAdmin.Level;
import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Paint;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Table;
import lastgood.cli.run.Consent;
import lastgood.cli.run.ConsentOptions;
import lastgood.config.EnvironmentConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What lastgood needs of a cluster. Looking needs nothing but the rights of whoever looks; records that outlive this
/// machine, and a lock that everybody sees, need an installation.
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = {
            "Puts on a cluster what lastgood keeps its records in, and says whether everything it needs is there.",
            "status, plan and release list need none of it. Without it, runs are recorded on this machine only."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood cluster doctor -e production             what is missing, and what does not work because of it",
            "  lastgood cluster install -e production --dry-run  what would be made",
            "  lastgood cluster install -e production --print > lastgood-cluster.yaml    for GitOps or kubectl apply",
            "  lastgood cluster doctor -n shop --context staging without a configuration"
        })
public final class ClusterVerbs extends Verb {

    private final Tool tool;

    public ClusterVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new Doctor(tool), new Install(tool), new Uninstall(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    // ---- what they have in common

    /// An environment on a cluster, and what can be done there.
    private record There(EnvironmentConfig environment, ClusterAdmin admin, String flags) {

        static There of(Tool tool, Where where) {
            var place = tool.place(where);
            var environment = place.effective().environment();
            if (environment.isLocal()) {
                throw Failure.usage(
                        "%s is on this machine and needs nothing of a cluster".formatted(environment.name()),
                        "name an environment with a namespace, or -n NAMESPACE");
            }
            return new There(
                    environment,
                    tool.host().cluster(place.catalog(), place.effective()),
                    place.effective().address().place());
        }
    }

    private static boolean isData(Common common) {
        return common.format() == Format.JSON || common.format() == Format.YAML;
    }

    private static void print(Screen screen, Common common, There there, List<Change> changes, boolean dryRun) {
        if (isData(common)) {
            var doc = Data.document("ClusterChanges")
                    .put("environment", there.environment().name())
                    .put("dryRun", dryRun);
            var items = doc.putArray("items");
            changes.forEach(c -> items.addObject()
                    .put("did", c.did().word())
                    .put("object", c.object())
                    .put("why", c.why()));
            screen.data(Data.text(doc, common.format()));
        } else if (common.format() == Format.NAME) {
            screen.data(changes.stream().map(Change::object).toList());
        } else {
            screen.data(table(changes));
        }
    }

    private static List<String> table(List<Change> changes) {
        var table = new Table("DID", "OBJECT", "WHY");
        changes.forEach(c -> table.row(c.did().word(), c.object(), c.why().isEmpty() ? "-" : c.why()));
        return table.lines();
    }

    private static boolean isNothing(List<Change> changes) {
        return changes.stream().allMatch(c -> c.did() == Did.UNCHANGED);
    }

    private static void next(Screen screen, Common common, String... lines) {
        if (!isData(common) && common.format() != Format.NAME) {
            screen.data(List.of(lines));
        }
    }

    // ---- the verbs

    @Command(
            name = "doctor",
            mixinStandardHelpOptions = true,
            description = {
                "Says whether everything that lastgood needs on the cluster is there: its API server, the rights of whoever",
                "asks, the installation. Changes nothing. Exit 8 if something is missing."
            },
            footer = {"", "Example:", "  lastgood cluster doctor -e production"})
    private static final class Doctor extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        Doctor(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var screen = tool.screen(where.common());
            var there = There.of(tool, where);
            var findings = there.admin().doctor();
            if (isData(where.common())) {
                var doc = Data.document("ClusterFindings")
                        .put("environment", there.environment().name());
                var items = doc.putArray("items");
                findings.forEach(f -> items.addObject()
                        .put("level", f.level().word())
                        .put("what", f.what())
                        .put("why", f.why())
                        .put("hint", f.hint()));
                screen.data(Data.text(doc, where.common().format()));
            } else {
                screen.data(lines(screen, findings));
            }
            return findings.stream().anyMatch(f -> f.level() == Level.MISSING) ? Exit.UNREACHABLE : Exit.DONE;
        }

        private static List<String> lines(Screen screen, List<Finding> findings) {
            var lines = new ArrayList<String>();
            for (var f : findings) {
                var sign = switch (f.level()) {
                    case OK -> screen.paint(Paint.GOOD, "✔ ok     ");
                    case WARN -> screen.paint(Paint.WARN, "◌ warn   ");
                    case MISSING -> screen.paint(Paint.BAD, "✖ MISSING");
                };
                lines.add(" %s  %s%s"
                        .formatted(
                                sign, Screen.plain(f.what()), f.why().isEmpty() ? "" : ": " + Screen.plain(f.why())));
                if (!f.hint().isEmpty()) {
                    lines.add("             hint: " + Screen.plain(f.hint()));
                }
            }
            return lines;
        }
    }

    @Command(
            name = "install",
            mixinStandardHelpOptions = true,
            description = {
                "Makes what is missing: the custom resources that records are kept in (for the whole cluster), and a",
                "ServiceAccount with the least rights that lastgood needs in the namespace. Doing it twice is doing it",
                "once. It needs the right to make them; --print writes them down for somebody who has it."
            },
            footer = {
                "",
                "Examples:",
                "  lastgood cluster install -e production --dry-run",
                "  lastgood cluster install -e production --print | kubectl apply -f -"
            })
    private static final class Install extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Mixin
        private ConsentOptions consent = new ConsentOptions();

        @Option(names = "--dry-run", description = "say what would be made and change nothing")
        private boolean dryRun;

        @Option(names = "--print", description = "print it as YAML instead, without asking the cluster anything")
        private boolean print;

        Install(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var common = where.common();
            var screen = tool.screen(common);
            var there = There.of(tool, where);
            if (print) {
                screen.data(there.admin().manifest().stripTrailing());
                return Exit.DONE;
            }
            var planned = there.admin().install(true);
            if (dryRun || isNothing(planned)) {
                print(screen, common, there, planned, true);
                next(
                        screen,
                        common,
                        isNothing(planned)
                                ? "nothing to do: everything is there"
                                : "Nothing was changed. Run:  lastgood cluster install " + there.flags());
                return Exit.DONE;
            }
            new Consent(screen, there.environment(), consent)
                    .require(Consent.Danger.MODERATE, table(planned), "", "lastgood cluster install " + there.flags());
            print(screen, common, there, there.admin().install(false), false);
            next(
                    screen,
                    common,
                    " undo: lastgood cluster uninstall " + there.flags(),
                    " next: lastgood cluster doctor " + there.flags());
            return Exit.DONE;
        }
    }

    @Command(
            name = "uninstall",
            mixinStandardHelpOptions = true,
            description = {
                "Takes away what `cluster install` made, and with it every record that is kept on that cluster: ledgers,",
                "journals and approvals of all its namespaces. Services go on running. Refused while a run is not over."
            },
            footer = {
                "",
                "Examples:",
                "  lastgood cluster uninstall -e production --dry-run",
                "  lastgood cluster uninstall -e production --confirm production"
            })
    private static final class Uninstall extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Mixin
        private ConsentOptions consent = new ConsentOptions();

        @Option(names = "--dry-run", description = "say what would be taken away and change nothing")
        private boolean dryRun;

        @Option(names = "--force", description = "also while runs are not over; they cannot be resumed afterwards")
        private boolean force;

        Uninstall(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var common = where.common();
            var screen = tool.screen(common);
            var there = There.of(tool, where);
            var planned = there.admin().uninstall(true);
            if (dryRun || isNothing(planned)) {
                print(screen, common, there, planned, true);
                next(
                        screen,
                        common,
                        isNothing(planned)
                                ? "nothing to do: nothing of lastgood is there"
                                : "Nothing was changed. Run:  lastgood cluster uninstall " + there.flags());
                return Exit.DONE;
            }
            refuseWhileActive(there);
            new Consent(screen, there.environment(), consent)
                    .require(
                            Consent.Danger.SEVERE,
                            table(planned),
                            "every record on this cluster is deleted",
                            "lastgood cluster uninstall " + there.flags());
            print(screen, common, there, there.admin().uninstall(false), false);
            next(
                    screen,
                    common,
                    " undo: no way; lastgood cluster install %s makes it anew, empty".formatted(there.flags()));
            return Exit.DONE;
        }

        private void refuseWhileActive(There there) {
            var active = force ? List.<String>of() : there.admin().activeRuns();
            if (!active.isEmpty()) {
                throw Failure.refused(
                        "%d runs on this cluster are not over, and would lose their journals".formatted(active.size()),
                        active,
                        "end each: lastgood abort RUN %s; or say --force".formatted(there.flags()));
            }
        }
    }
}
