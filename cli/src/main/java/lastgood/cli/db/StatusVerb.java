package lastgood.cli.db;

import java.util.Locale;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.out.Paint;
import lastgood.cli.out.Screen;
import lastgood.engine.port.database.DatabaseQuestions.Fact;
import picocli.CommandLine.Command;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "How the database is: server, role, size, archive, replicas, what blocks what.",
        footer = {"", "Example:", "  lastgood db status -e production"})
final class StatusVerb extends DatabaseVerb {

    StatusVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() {
        var session = session();
        var facts = session.questions().status(session.service());
        if (isData()) {
            var doc = Data.document("DatabaseStatus")
                    .put("service", session.service().toString());
            var items = doc.putArray("items");
            facts.forEach(f -> items.addObject()
                    .put("what", f.what())
                    .put("value", f.value())
                    .put("standing", f.standing())
                    .put("hint", f.hint()));
            data(doc);
            return Exit.DONE;
        }
        var screen = screen();
        screen.data("database of %s".formatted(session.service()));
        for (var fact : facts) {
            screen.data(" %s %-13s %s"
                    .formatted(sign(screen, fact), Screen.plain(fact.what()), Screen.plain(fact.value())));
            if (!fact.hint().isEmpty()) {
                screen.data("   hint: %s".formatted(Screen.plain(fact.hint())));
            }
        }
        return Exit.DONE;
    }

    private static String sign(Screen screen, Fact fact) {
        return switch (fact.standing().toLowerCase(Locale.ROOT)) {
            case "ok" -> screen.paint(Paint.GOOD, "✔ ok     ");
            case "warning" -> screen.paint(Paint.WARN, "◌ WARNING");
            case "failing" -> screen.paint(Paint.BAD, "✖ FAILING");
            default -> screen.paint(Paint.WARN, "◌ UNKNOWN");
        };
    }
}
