package lastgood.cli.look;

import java.util.ArrayList;
import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Table;
import lastgood.cli.out.When;
import lastgood.core.Evidence;
import lastgood.core.plan.Step;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// What would be gone after a rollback.
@Command(
        name = "evidence",
        mixinStandardHelpOptions = true,
        description = "Captures logs, states and counters, and lists what runs have captured.")
public final class EvidenceVerbs extends Verb {

    private final Tool tool;

    public EvidenceVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new Capture(tool), new ListThem(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    @Command(
            name = "capture",
            mixinStandardHelpOptions = true,
            description = "Captures it now; changes nothing that users could notice.",
            footer = {"", "Example:", "  lastgood evidence capture -e production"})
    private static final class Capture extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        Capture(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            var now = session.ports().time().now();
            var key = "by-hand/%d".formatted(now.toEpochMilli());
            var evidence = session.ports()
                    .evidence()
                    .capture(session.service(), session.policy().evidenceBudget(), key);
            if (StatusVerb.isData(where.common().format())) {
                screen.data(Data.text(
                        data(session, List.of(new Taken("", evidence))),
                        where.common().format()));
            } else {
                screen.data("%s".formatted(evidence.name()));
                screen.data(" where: %s".formatted(evidence.source()));
                screen.data(" %s".formatted(evidence.digest()));
            }
            return Exit.DONE;
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists what the service's runs have captured, the newest first.",
            footer = {"", "Example:", "  lastgood evidence list -e production"})
    private static final class ListThem extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        ListThem(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            var taken = taken(session);
            if (StatusVerb.isData(where.common().format())) {
                screen.data(Data.text(data(session, taken), where.common().format()));
                return Exit.DONE;
            }
            var table = new Table("RUN", "WHEN", "WHAT", "DIGEST", "WHERE");
            for (var t : taken) {
                table.row(
                        t.run(),
                        When.full(t.evidence().at(), session.effective().timezone()),
                        t.evidence().name(),
                        t.evidence().digest().brief(),
                        t.evidence().source());
            }
            screen.data(table.lines());
            return Exit.DONE;
        }
    }

    private record Taken(String run, Evidence evidence) {}

    private static List<Taken> taken(Session session) {
        var all = new ArrayList<Taken>();
        for (var run : session.runs().of(session.service())) {
            run.state().plan().steps().stream()
                    .filter(s -> s.step() instanceof Step.CaptureEvidence)
                    .flatMap(s -> run.state().evidence(s.id()).stream())
                    .forEach(e -> all.add(new Taken(run.run().text(), e)));
        }
        return all;
    }

    private static com.fasterxml.jackson.databind.JsonNode data(Session session, List<Taken> taken) {
        var doc = Data.document("EvidenceList").put("service", session.service().toString());
        var items = doc.putArray("items");
        for (var t : taken) {
            items.addObject()
                    .put("run", t.run())
                    .put("at", t.evidence().at().toString())
                    .put("name", t.evidence().name())
                    .put("source", t.evidence().source())
                    .put("digest", t.evidence().digest().text());
        }
        return doc;
    }
}
