package lastgood.cli.db;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.core.data.Assessment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The runbook's `assess-corruption.sh`.
@Command(
        name = "corruption",
        mixinStandardHelpOptions = true,
        description = "Counts damaged rows.",
        footer = {"", "Example:", "  lastgood db corruption assess -e production"})
final class CorruptionVerbs extends Verb {

    private final Tool tool;

    CorruptionVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new Assess(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    @Command(
            name = "assess",
            mixinStandardHelpOptions = true,
            description = {
                "Restores an earlier state beside the database and compares the rows: what is damaged and can be put",
                "back, what was written since and stays, what is both. Changes nothing that users have."
            },
            footer = {
                "",
                "Examples:",
                "  lastgood db corruption assess -e production                  before the last migration",
                "  lastgood db corruption assess -e production --before-migration 20260102_add_edge_weight",
                "  lastgood db corruption assess -e production --point-in-time \"2026-01-02 14:30:00\""
            })
    private static final class Assess extends DatabaseVerb {

        @Mixin
        private TargetOptions target = new TargetOptions();

        Assess(Tool tool) {
            super(tool);
        }

        @Override
        public Exit say() {
            var session = session();
            var assessment = target.assess(session, screen());
            if (isData()) {
                data(new AssessmentLines(assessment)
                        .json()
                        .put("service", session.service().toString()));
                return Exit.DONE;
            }
            screen().data(new AssessmentLines(assessment).lines());
            warnings(session).forEach(screen()::data);
            next(session, assessment).forEach(screen()::data);
            return Exit.DONE;
        }

        private static List<String> warnings(Session session) {
            var open = !session.ports()
                    .databases()
                    .access()
                    .look(session.service())
                    .access()
                    .isClosed();
            return open
                    ? List.of(
                            "writers are let in: these counts hold until the next write. To stop them: lastgood db fence "
                                    + session.flags())
                    : List.of();
        }

        private static boolean isSound(Assessment assessment) {
            return assessment.tables().stream().allMatch(t -> t.repaired() + t.conflicts() + t.lost() == 0);
        }

        private static List<String> next(Session session, Assessment assessment) {
            var again = "%s %s".formatted(session.flags(), TargetOptions.again(assessment));
            return isSound(assessment)
                    ? List.of("no row is damaged", " next: lastgood db integrity " + session.flags())
                    : List.of(
                            " next: lastgood db salvage %s".formatted(again),
                            "   or: lastgood db restore %s".formatted(again),
                            "   or, with the release: lastgood rollback %s --revision previous --with-db salvage %s"
                                    .formatted(session.flags(), TargetOptions.again(assessment)));
        }
    }
}
