package lastgood.cli.look;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Paint;
import lastgood.cli.out.Screen;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.Reason;
import lastgood.core.Release;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.CheckResult.Finding;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The runbook's checklist, asked once.
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Asks the checklist's questions once. A check without data is UNKNOWN, never a pass.",
            "CHECK is all (or checklist), or one of pods, errors, latency, auth, database, endpoints, logs,",
            "integrations, smoke, users; health is pods and endpoints.",
            "Whether users are well a person says: --pass or --fail, with --reason."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood verify -e production                 all ten",
            "  lastgood verify auth -e production            PASS, or exit 5",
            "  lastgood verify smoke -e production",
            "  lastgood verify users --pass --reason 'support is quiet' -e production"
        })
public final class VerifyVerb extends Verb {

    private final Tool tool;

    @Parameters(paramLabel = "CHECK", arity = "0..1", defaultValue = "all", description = "default: all")
    private String check = "all";

    @Mixin
    private Where where = new Where();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "how far back measurements count (default: since it is live, at most 15m)")
    private String since = "15m";

    @Option(names = "--pass", description = "users: they are well, as somebody has found out")
    private boolean pass;

    @Option(names = "--fail", description = "users: they are not")
    private boolean fail;

    @Option(names = "--reason", paramLabel = "TEXT", description = "how one knows, in one line; with --pass and --fail")
    private @Nullable String reason;

    public VerifyVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var wanted = wanted(check);
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        if (pass || fail) {
            tell(session, wanted);
        }
        if (screen.moves()) {
            screen.say("asking: commands and requests of your own may take a while");
        }
        var results =
                ask(session).stream().filter(r -> wanted.contains(r.check())).toList();
        var format = where.common().format();
        if (StatusVerb.isData(format)) {
            screen.data(Data.text(data(session, results), format));
        } else {
            screen.data(results.stream()
                    .flatMap(r -> Stream.concat(
                            Stream.of(
                                    wanted.size() > 1
                                            ? " %2d%s".formatted(number(r), line(screen, r))
                                            : line(screen, r)),
                            how(r, wanted.size() > 1 ? 3 : 0)))
                    .toList());
        }
        var good = (wanted.size() == 1 || check.equals("health"))
                ? results.stream().allMatch(r -> r.finding() == Finding.PASS) && !results.isEmpty()
                : isWell(session, results);
        return good ? Exit.DONE : Exit.NOT_RECOVERED;
    }

    /// A person's word on what no query can tell; it counts until another release is live.
    private void tell(Session session, Set<Check> wanted) {
        if (pass == fail || !wanted.equals(Set.of(Check.USERS))) {
            throw Failure.usage(
                    pass == fail ? "both --pass and --fail" : "only of users a person's word is taken",
                    "lastgood verify users --pass --reason TEXT");
        }
        if (reason == null) {
            throw Failure.usage("whoever says how users are has to say how one knows", "--reason 'support is quiet'");
        }
        var why = new Reason(reason).text();
        var ledger = session.ports().ledgers().read(session.service());
        var now = session.ports().time().now();
        var number = live(session, ledger).number();
        session.ports()
                .ledgers()
                .append(
                        ledger,
                        List.of(new LedgerEntry.Told(
                                number,
                                pass,
                                session.person().name(),
                                why,
                                now,
                                "told/%d/%d".formatted(number, now.toEpochMilli()))));
    }

    private static Release live(Session session, Ledger ledger) {
        return ledger.live()
                .orElseThrow(() -> Failure.refused(
                        "nothing of %s is live, so there is nothing to check".formatted(session.service()),
                        List.of(),
                        "lastgood release deploy VERSION " + session.flags()));
    }

    /// Its place in the runbook's checklist.
    private static int number(CheckResult result) {
        return List.of(Check.values()).indexOf(result.check()) + 1;
    }

    private List<CheckResult> ask(Session session) {
        var ledger = session.ports().ledgers().read(session.service());
        var live = live(session, ledger);
        var earliest = session.ports().time().now().minus(Since.parse(since));
        var liveSince = ledger.liveSince(live.number()).orElse(earliest);
        return session.ports()
                .checks()
                .ask(session.service(), live, later(earliest, liveSince), true)
                .results();
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /// As after a rollback: what is required has to pass, and nothing may fail.
    private static boolean isWell(Session session, List<CheckResult> results) {
        var required = session.policy().watch().required();
        return results.stream()
                .allMatch(r -> r.finding() == Finding.PASS
                        || (r.finding() == Finding.UNKNOWN && !required.contains(r.check())));
    }

    private static Set<Check> wanted(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "all", "checklist" -> Set.of(Check.values());
            case "health" -> Set.of(Check.PODS, Check.ENDPOINTS);
            case "errors" -> Set.of(Check.ERROR_RATE);
            case "latency" -> Set.of(Check.LATENCY_P95);
            default ->
                Set.of(Check.parse(text)
                        .orElseThrow(() -> Failure.usage(
                                "there is no check `%s`".formatted(Screen.plain(text)),
                                "all, health, or one of "
                                        + Arrays.stream(Check.values())
                                                .map(Check::label)
                                                .collect(Collectors.joining(", ")))));
        };
    }

    static String line(Screen screen, CheckResult r) {
        var sign = switch (r.finding()) {
            case PASS -> screen.paint(Paint.GOOD, "✔ PASS   ");
            case FAIL -> screen.paint(Paint.BAD, "✖ FAIL   ");
            case UNKNOWN -> screen.paint(Paint.WARN, "◌ UNKNOWN");
        };
        return " %s %-13s %s%s"
                .formatted(
                        sign,
                        r.check().label(),
                        Screen.plain(r.value()),
                        r.threshold().isEmpty() ? "" : "  (%s)".formatted(Screen.plain(r.threshold())));
    }

    /// How one knows, or what was asked in vain: the query, the request, the command.
    private static Stream<String> how(CheckResult r, int indented) {
        return r.source().isEmpty()
                ? Stream.empty()
                : Stream.of("%s           by %s".formatted(" ".repeat(indented), Screen.plain(r.source())));
    }

    private static com.fasterxml.jackson.databind.JsonNode data(Session session, List<CheckResult> results) {
        var doc = Data.document("Checklist").put("service", session.service().toString());
        var items = doc.putArray("items");
        for (var r : results) {
            items.addObject()
                    .put("number", number(r))
                    .put("check", r.check().label())
                    .put("meaning", r.check().meaning())
                    .put("finding", r.finding().name())
                    .put("value", r.value())
                    .put("threshold", r.threshold())
                    .put("source", r.source());
        }
        return doc;
    }
}
