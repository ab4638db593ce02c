package lastgood.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;

/// Asks a Prometheus, or whatever speaks its HTTP API, for raw samples: an instant query of a range selector returns
/// them with the timestamps that they were scraped at, and nothing interpolated.
///
/// What it answers is bounded in bytes, series and time, so that a wrong query or a broken server costs patience and
/// not memory. Whatever is wrong with an answer is [Unreachable] with the reason, because whoever asked cannot tell how
/// the service is; never an empty answer that looks like calm.
public final class Prometheus {

    /// A busy service of 50 pods with 200 routes answers a few megabytes.
    static final int BYTES_MAX = 32 * 1024 * 1024;

    static final int SERIES_MAX = 60_000;

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final int WORDS_MAX = 200;

    /// Said to whoever understands it; the others pass over it. Thanos and VictoriaMetrics' cluster answer with
    /// what they have when a part of them is down, and Thanos with averages of what is old: half of the counters
    /// is not an answer. VictoriaMetrics holds back what is younger than 30 s, and moves times to where its cache
    /// has them.
    private static final String EXACTLY =
            "&partial_response=false&deny_partial_response=1&max_source_resolution=0s&nocache=1&latency_offset=1ms";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final Supplier<Map<String, String>> headers;
    private final Duration within;
    private final HttpClient http;

    /// @param base such as `http://prometheus.monitoring:9090`, with the path that a gateway puts in front
    /// @param headers of each request, fetched when it is made: `Authorization`, `X-Scope-OrgID`
    /// @param within for each question
    public Prometheus(URI base, Supplier<Map<String, String>> headers, Duration within) {
        this.base = base;
        this.headers = headers;
        this.within = within;
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /// Raw samples of the last `window` before `at`.
    ///
    /// @param selector an instant vector selector, such as `up{namespace="shop"}`
    public List<Series> samples(String selector, Duration window, Instant at) {
        var query = "%s[%ds]".formatted(selector, Math.max(1, window.toSeconds()));
        var result = query(query, at);
        if (!result.path("resultType").asText().equals("matrix")) {
            throw wrong("answered a %s to a question for a range"
                    .formatted(result.path("resultType").asText("nothing")));
        }
        return series(result.path("result"));
    }

    /// The value of an expression now, series by series.
    public List<Series> vector(String expression, Instant at) {
        var result = query(expression, at);
        if (!result.path("resultType").asText().equals("vector")) {
            throw wrong("answered a %s: the expression has to have one value for each series"
                    .formatted(result.path("resultType").asText("nothing")));
        }
        return series(result.path("result"));
    }

    /// What an expression comes to now: one number for each series, or the one of a scalar.
    public List<Double> numbers(String expression) {
        var result = ask("query", "query=" + URLEncoder.encode(expression, UTF_8));
        var type = result.path("resultType").asText("nothing");
        return switch (type) {
            case "vector" ->
                series(result.path("result")).stream()
                        .flatMap(s -> s.samples().stream().map(Series.Sample::value))
                        .toList();
            case "scalar" -> List.of(sample(result.path("result")).value());
            default ->
                throw wrong("answered a %s, and one number is needed"
                        .formatted(type.equals("matrix") ? "matrix (all samples of a range)" : type));
        };
    }

    /// Values of an expression over time: computed by Prometheus, so for pictures and for the past, not for proofs.
    public List<Series> range(String expression, Instant from, Instant to, Duration step) {
        var result = ask(
                "query_range",
                "query=%s&start=%s&end=%s&step=%s"
                        .formatted(URLEncoder.encode(expression, UTF_8), seconds(from), seconds(to), plain(step)));
        if (!result.path("resultType").asText().equals("matrix")) {
            throw wrong("answered a %s to a question for a range"
                    .formatted(result.path("resultType").asText("nothing")));
        }
        return series(result.path("result"));
    }

    /// What its own clock shows. Prometheus answers with a scalar, VictoriaMetrics with a vector of one.
    public Instant now() {
        var answer = ask("query", "query=" + URLEncoder.encode("time()", UTF_8));
        var result = answer.path("result");
        var value = switch (answer.path("resultType").asText()) {
            case "scalar" -> result.path(1).asText();
            case "vector" ->
                result.size() == 1 ? result.path(0).path("value").path(1).asText() : "";
            default -> "";
        };
        if (!value.matches("[0-9.]{1,30}")) {
            throw wrong("does not say what time it is");
        }
        return Instant.ofEpochMilli(Math.round(Double.parseDouble(value) * 1000));
    }

    private static String seconds(Instant at) {
        return "%d.%03d".formatted(at.getEpochSecond(), at.getNano() / 1_000_000);
    }

    private static String plain(Duration step) {
        return "%d.%03d".formatted(step.toSeconds(), step.toMillisPart());
    }

    private List<Series> series(JsonNode result) {
        if (result.size() > SERIES_MAX) {
            throw wrong("answered %d series, and more than %d are not read: narrow the labels"
                    .formatted(result.size(), SERIES_MAX));
        }
        var all = new ArrayList<Series>();
        for (var one : result) {
            var labels = new TreeMap<String, String>();
            one.path("metric")
                    .properties()
                    .forEach(l -> labels.put(l.getKey(), l.getValue().asText()));
            var samples = new ArrayList<Series.Sample>();
            if (one.has("value")) {
                samples.add(sample(one.path("value")));
            }
            one.path("values").forEach(v -> samples.add(sample(v)));
            all.add(new Series(labels, samples));
        }
        return all;
    }

    /// `[1764000000.123, "42"]`; `NaN` and `+Inf` are values too, and whoever counts leaves them out.
    private Series.Sample sample(JsonNode pair) {
        var value = pair.path(1).asText();
        try {
            return new Series.Sample(
                    Math.round(pair.path(0).asDouble() * 1000),
                    switch (value) {
                        case "+Inf" -> Double.POSITIVE_INFINITY;
                        case "-Inf" -> Double.NEGATIVE_INFINITY;
                        default -> Double.parseDouble(value);
                    });
        } catch (NumberFormatException _) {
            throw wrong("answered a sample that is no number");
        }
    }

    private JsonNode query(String query, Instant at) {
        return ask("query", "query=%s&time=%s".formatted(URLEncoder.encode(query, UTF_8), seconds(at)));
    }

    private JsonNode ask(String what, String question) {
        var body = "%s&timeout=%ds%s".formatted(question, Math.max(1, within.toSeconds()), EXACTLY);
        var request = HttpRequest.newBuilder(URI.create(base.toString().replaceAll("/+$", "") + "/api/v1/" + what))
                .timeout(within)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        headers.get().forEach(request::header);
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (var in = response.body()) {
                return data(response.statusCode(), read(in));
            }
        } catch (IOException e) {
            throw new Unreachable("could not ask Prometheus at %s: %s".formatted(shown(), reason(e)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while asking Prometheus", e);
        }
    }

    /// The request's own limit ends with the headers of the answer; an answer that stops in the middle must end, too.
    private byte[] read(InputStream in) throws IOException {
        var limit = Thread.ofVirtual().start(() -> {
            try (in) {
                Thread.sleep(within);
            } catch (InterruptedException | IOException e) {
                // The answer is there; or its end is.
            }
        });
        byte[] bytes;
        try {
            bytes = in.readNBytes(BYTES_MAX + 1);
        } finally {
            limit.interrupt();
        }
        if (bytes.length > BYTES_MAX) {
            throw wrong("answered more than %d MB".formatted(BYTES_MAX / 1024 / 1024));
        }
        return bytes;
    }

    private JsonNode data(int status, byte[] bytes) {
        JsonNode tree;
        try (JsonParser parser = JSON.createParser(bytes)) {
            tree = JSON.readTree(parser);
        } catch (JsonProcessingException e) {
            throw wrong("answered %d with something that is no JSON: %s".formatted(status, words(bytes)));
        } catch (IOException e) {
            throw wrong("answered %d, and it could not be read".formatted(status));
        }
        if (tree == null || !tree.path("status").asText().equals("success")) {
            var said = tree == null ? "" : tree.path("error").asText();
            if (status == 400 || status == 422) {
                throw new Forbidden("Prometheus at %s cannot answer this: %s".formatted(shown(), plain(said)));
            }
            throw wrong("answered %d: %s".formatted(status, plain(said)));
        }
        if (isPartial(tree)) {
            throw wrong("answered with a part of what it keeps: %s"
                    .formatted(plain(tree.path("warnings").path(0).asText("some of its storage cannot be reached"))));
        }
        return tree.path("data");
    }

    /// VictoriaMetrics' cluster says so in a field, Thanos and Prometheus' remote reading in a warning. Other
    /// warnings are remarks on the expression, and Thanos' that it keeps nothing of that time.
    private static boolean isPartial(JsonNode tree) {
        if (tree.path("isPartial").asBoolean()) {
            return true;
        }
        for (var warning : tree.path("warnings")) {
            var words = warning.asText();
            if (!words.startsWith("PromQL ") && !words.contains("No StoreAPIs matched")) {
                return true;
            }
        }
        return false;
    }

    private Unreachable wrong(String what) {
        return new Unreachable("Prometheus at %s %s".formatted(shown(), what));
    }

    /// Without what a URL may carry in secret.
    private String shown() {
        return "%s://%s%s".formatted(base.getScheme(), base.getHost(), base.getPort() < 0 ? "" : ":" + base.getPort());
    }

    private static String words(byte[] bytes) {
        return plain(new String(bytes, 0, Math.min(bytes.length, WORDS_MAX), UTF_8));
    }

    private static String plain(String text) {
        var clean = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return clean.length() <= WORDS_MAX ? clean : clean.substring(0, WORDS_MAX) + "...";
    }

    private static String reason(IOException e) {
        return switch (e) {
            case java.net.http.HttpConnectTimeoutException _ -> "no connection within " + CONNECT.toSeconds() + " s";
            case java.net.http.HttpTimeoutException _ -> "no answer in time";
            case java.net.ConnectException _ -> "connection refused";
            default ->
                plain(String.valueOf(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        };
    }
}
