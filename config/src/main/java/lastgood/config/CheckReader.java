package lastgood.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads the checklist.
final class CheckReader {

    /// Compiling a pattern takes stack in proportion to its length.
    static final int PATTERN_CHARACTERS_MAX = 1_000;

    private static final String NOTHING_SAYS_HOW = "nothing says how to do it";
    private static final String NOT_YET = "this version cannot do it in the way that is written";

    private CheckReader() {}

    /// What may be written besides, check by check. A limit that is accepted and holds nothing is a promise.
    private static final Map<String, List<String>> OF_ONE = Map.of(
            "errorRate", List.of("below", "window"),
            "latencyP95", List.of("below", "window"),
            "database", List.of("connections"),
            "logs", List.of("errorsBelow", "window", "ignore"),
            "users", List.of("tickets", "ask"));

    private static final Set<String> OF_EACH = Set.of("enabled", "required", "http", "run", "query");
    private static final Set<String> OF_A_QUERY = Set.of("below", "above", "window");

    /// What a query without a window of its own looks back on.
    private static final Duration WINDOW = Duration.ofMinutes(5);

    static VerifyConfig read(Cursor verify, SignalsConfig signals, SignalReader.Asking asking) {
        var checks = verify.at("checks").children().entrySet().stream()
                .filter(check -> check.getValue().at("enabled").truth(true))
                .map(check -> check(check.getKey(), check.getValue(), signals, asking))
                .toList();
        return new VerifyConfig(verify.at("window").duration(Duration.ofMinutes(30)), checks);
    }

    /// A command or requests are the team's own way to check, whatever the check; so is a query. Otherwise it is done
    /// our way.
    private static Check check(String name, Cursor at, SignalsConfig signals, SignalReader.Asking asking) {
        checkKeys(name, at);
        var required = at.at("required").truth(true);
        if (at.at("run").present()) {
            return new Check.Run(name, required, command(at.at("run")));
        }
        if (at.at("http").present()) {
            return new Check.Http(name, required, probes(at.at("http")));
        }
        if (at.at("query").present()) {
            return asked(name, at, asking.number(at.at("query")));
        }
        var signal = signals.queries().get(name);
        if (signal != null && !signals.counts(name)) {
            return asked(name, at, signal);
        }
        return switch (name) {
            case "pods" -> new Check.Instances(name, required);
            case "errorRate" ->
                new Check.ErrorRate(name, required, at.at("below").percent(Percent.of(1)), window(at));
            case "latencyP95" ->
                new Check.Latency(name, required, at.at("below").positive(Duration.ofMillis(500)), window(at));
            case "database" -> database(name, at);
            case "logs" ->
                new Check.Logs(
                        name,
                        required,
                        at.at("errorsBelow").integer(0),
                        at.at("window").positive(Duration.ofMinutes(15)),
                        at.at("ignore").items().flatMap(CheckReader::pattern).toList());
            case "users" -> users(name, at);
            default -> unconfigured(name, at);
        };
    }

    private static void checkKeys(String name, Cursor at) {
        var queried = at.at("query").present();
        if (queried && (at.at("http").present() || at.at("run").present())) {
            at.at("query").problem("`http` or `run` is written too, and one of them can hold", "remove all but one");
        }
        var own = OF_ONE.getOrDefault(name, List.of());
        at.children().forEach((key, value) -> {
            var meant = OF_EACH.contains(key) || own.contains(key) || (queried && OF_A_QUERY.contains(key));
            if (!meant) {
                value.problem(
                        "`%s` means nothing for %s".formatted(key, name),
                        OF_A_QUERY.contains(key) ? "it belongs to a `query`" : "remove it");
            }
        });
    }

    private static @Nullable Duration window(Cursor at) {
        return at.at("window").present() ? at.at("window").positive(Duration.ofMinutes(15)) : null;
    }

    private static Check asked(String name, Cursor at, @Nullable Query query) {
        var bound = bound(name, at);
        return query == null || bound.isEmpty()
                ? new Check.Unconfigured(name)
                : new Check.Asked(
                        name,
                        at.at("required").truth(true),
                        query,
                        bound.get(),
                        at.at("window").positive(WINDOW));
    }

    private static Optional<Bound> bound(String name, Cursor at) {
        var above = at.at("above");
        var below = at.at("below");
        if (above.present() && (name.equals("errorRate") || name.equals("latencyP95"))) {
            above.problem("nobody is well because %s is above something".formatted(name), "write `below`");
            return Optional.empty();
        }
        if (above.present() == below.present()) {
            at.missing(
                    above.present() ? "both `above` and `below`" : "nothing says which numbers are well",
                    above.present() ? "write one of them" : "write below: or above:, as in below: \"5\"");
            return Optional.empty();
        }
        return (above.present() ? above : below)
                .read(
                        text -> switch (Bound.parse(text, above.present())) {
                            case Parsed.Good<Bound>(var good) -> new Parsed.Good<>(Optional.of(good));
                            case Parsed.Bad<Bound>(var fact, var hint) -> new Parsed.Bad<>(fact, hint);
                        },
                        Optional.<Bound>empty());
    }

    /// With somebody to ask it can be answered, so it may be required; it is not unless the file says so.
    private static Check users(String name, Cursor at) {
        var tickets = at.at("tickets").textOrNull();
        var ask = at.at("ask").textOrNull();
        if (ask == null) {
            refuseRequired(at, tickets == null ? NOTHING_SAYS_HOW : NOT_YET);
        }
        return tickets == null && ask == null
                ? new Check.Unconfigured(name)
                : new Check.Users(name, ask != null && at.at("required").truth(false), tickets, ask);
    }

    private static Check database(String name, Cursor at) {
        var below = at.at("connections").at("below");
        if (!below.present()) {
            refuseRequired(at, NOTHING_SAYS_HOW);
        }
        return below.present() ? new Check.Database(name, below.percent(Percent.of(80))) : new Check.Unconfigured(name);
    }

    private static Check unconfigured(String name, Cursor at) {
        refuseRequired(at, NOTHING_SAYS_HOW);
        return new Check.Unconfigured(name);
    }

    /// A required check that nothing can answer would keep every recovery from being proved.
    private static void refuseRequired(Cursor at, String why) {
        if (at.at("required").truth(false)) {
            at.missing("this check is required, but " + why, "add `http:`, `run:` or `query:`");
        }
    }

    private static List<Template> command(Cursor run) {
        if (!run.tree().itemsOrNone().isEmpty()) {
            return LocalReader.templates(run, Check.PLACES);
        }
        return run.read(Words::split, List.<String>of()).stream()
                .map(word -> LocalReader.checked(run, word, Check.PLACES))
                .toList();
    }

    private static Stream<String> pattern(Cursor at) {
        var text = at.text("");
        if (text.length() > PATTERN_CHARACTERS_MAX) {
            at.problem("longer than %d characters".formatted(PATTERN_CHARACTERS_MAX), "");
            return Stream.empty();
        }
        try {
            Pattern.compile(text);
            return Stream.of(text);
        } catch (PatternSyntaxException wrong) {
            at.problem("not a regular expression: " + wrong.getDescription(), "");
            return Stream.empty();
        }
    }

    // ---- requests

    private static List<HttpProbe> probes(Cursor http) {
        return http.tree() instanceof Tree.Sequence
                ? http.texts().stream().map(HttpProbe::get).toList()
                : probe(http).stream().toList();
    }

    private static Optional<HttpProbe> probe(Cursor at) {
        var get = at.at("get");
        var post = at.at("post");
        if (get.present() == post.present()) {
            at.missing(get.present() ? "both `get` and `post`" : "neither `get` nor `post`", "write one of them");
            return Optional.empty();
        }
        if (get.present() && at.at("body").present()) {
            at.at("body").problem("a GET has no body", "write `post`, or remove the body");
        }
        var headers = new LinkedHashMap<String, String>();
        at.at("headers").children().forEach((name, value) -> headers.put(name, value.text("")));
        var expect = at.at("expect");
        return Optional.of(new HttpProbe(
                get.present() ? HttpProbe.Method.GET : HttpProbe.Method.POST,
                get.present() ? get.text("/") : post.text("/"),
                headers,
                body(at.at("body")),
                expect.at("status").present()
                        ? new HttpProbe.Status.Exactly(expect.at("status").integer(200))
                        : new HttpProbe.Status.AnySuccess(),
                expect.at("jsonPath").textOrNull(),
                expect.at("contains").textOrNull(),
                at.at("timeout").positive(HttpProbe.TIMEOUT)));
    }

    private static HttpProbe.Body body(Cursor at) {
        if (!at.present()) {
            return new HttpProbe.Body.None();
        }
        return SecretRefs.in(at.tree())
                .<HttpProbe.Body>map(HttpProbe.Body.FromSecret::new)
                .orElseGet(() -> new HttpProbe.Body.Text(at.text("")));
    }
}
