package lastgood.probes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import lastgood.core.Words;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import org.jspecify.annotations.Nullable;

/// Asks over HTTP what a user would ask. No answer from the service is a FAIL: that is what a user would get too. A
/// question that cannot be asked, since its secret is missing, is UNKNOWN.
final class HttpAsk {

    private static final int ANSWER_BYTES_MAX = 64 * 1024;

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(2);

    private @Nullable HttpClient client;

    /// Made when it is first needed: it takes longer than most commands that never need it.
    private synchronized HttpClient client() {
        if (client == null) {
            settings();
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(CONNECT_WITHIN)
                    .build();
        }
        return client;
    }

    /// The JDK reads these once, when this process makes its first client. The proxy of the local platform asks for the
    /// same, so it does not matter who comes first.
    private static void settings() {
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
        System.setProperty("jdk.httpclient.keepalive.timeout", "4");
        System.setProperty("jdk.httpclient.disableRetryConnect", "true");
    }

    CheckResult all(Check check, String baseUrl, List<HttpCheck> questions) {
        if (questions.isEmpty()) {
            return CheckResult.unknown(check, "not configured");
        }
        var slowest = Duration.ZERO;
        for (var question : questions) {
            var source = "%s %s".formatted(question.method(), question.target());
            var since = System.nanoTime();
            switch (ask(baseUrl, question)) {
                case Outcome.Fine() -> slowest = max(slowest, Duration.ofNanos(System.nanoTime() - since));
                case Outcome.Wrong(var what) -> {
                    return CheckResult.fail(check, "%s %s".formatted(source, what), expectation(question), source);
                }
                case Outcome.CannotAsk(var why) -> {
                    return CheckResult.unknown(check, why);
                }
            }
        }
        return CheckResult.pass(
                check,
                "%s as expected, slowest %s"
                        .formatted(Words.count(questions.size(), "answer"), Words.duration(slowest)),
                expectation(questions.getFirst()),
                questions.stream()
                        .map(q -> q.method() + " " + q.target())
                        .reduce((a, b) -> a + ", " + b)
                        .orElse(""));
    }

    /// Whether the answer is as expected; empty = it cannot be asked.
    Optional<Boolean> isAnswered(String baseUrl, HttpCheck question) {
        return switch (ask(baseUrl, question)) {
            case Outcome.Fine() -> Optional.of(true);
            case Outcome.Wrong _ -> Optional.of(false);
            case Outcome.CannotAsk _ -> Optional.empty();
        };
    }

    private sealed interface Outcome {
        record Fine() implements Outcome {}

        record Wrong(String what) implements Outcome {}

        record CannotAsk(String why) implements Outcome {}
    }

    private Outcome ask(String baseUrl, HttpCheck question) {
        var body = question.body();
        if (body == null) {
            return send(baseUrl, question, BodyPublishers.noBody());
        }
        return switch (body.fetch()) {
            case HttpCheck.Fetched.Text(var text) -> send(baseUrl, question, BodyPublishers.ofString(text));
            case HttpCheck.Fetched.Missing(var why) -> new Outcome.CannotAsk(why);
        };
    }

    private Outcome send(String baseUrl, HttpCheck question, BodyPublisher sent) {
        try {
            var request = HttpRequest.newBuilder(URI.create(
                            question.target().startsWith("/") ? baseUrl + question.target() : question.target()))
                    .method(question.method(), sent)
                    .timeout(question.timeout());
            question.headers().forEach(request::header);
            var answer = client().send(request.build(), BodyHandlers.ofInputStream());
            try (var in = answer.body()) {
                return judge(question, answer.statusCode(), in);
            }
        } catch (IOException e) {
            return new Outcome.Wrong("got no answer: " + reason(e));
        } catch (IllegalArgumentException e) {
            return new Outcome.CannotAsk("%s cannot be asked: %s".formatted(question.target(), e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Outcome.CannotAsk("interrupted");
        }
    }

    private static Outcome judge(HttpCheck question, int status, InputStream in) throws IOException {
        var fine = question.status() == 0 ? status >= 200 && status < 300 : status == question.status();
        if (!fine) {
            return new Outcome.Wrong("answered " + status);
        }
        if (question.contains() == null && question.jsonPath() == null) {
            return new Outcome.Fine();
        }
        var text = new String(in.readNBytes(ANSWER_BYTES_MAX), UTF_8);
        if (question.contains() != null && !text.contains(question.contains())) {
            return new Outcome.Wrong("did not contain `%s`".formatted(question.contains()));
        }
        if (question.jsonPath() != null && !JsonPath.finds(question.jsonPath(), text)) {
            return new Outcome.Wrong("had nothing at %s".formatted(question.jsonPath()));
        }
        return new Outcome.Fine();
    }

    /// A connection that is refused says so by its class only.
    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String expectation(HttpCheck question) {
        return question.status() == 0 ? "answers 2xx" : "answers " + question.status();
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
