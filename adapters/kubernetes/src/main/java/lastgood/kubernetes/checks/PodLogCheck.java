package lastgood.kubernetes.checks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import lastgood.core.Words;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.CheckResult.Finding;
import lastgood.core.recover.ErrorLines;
import lastgood.core.recover.Limits;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Api.LogText;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;

/// Looks for error lines in what the containers of the release printed since. Bounded, because an ailing cluster is
/// asked every few seconds; error lines that were found count even if not all logs could be read, but no error line
/// in half of the logs is not "no error lines".
final class PodLogCheck {

    /// More pods than this say nothing new.
    private static final int PODS_MAX = 20;

    private static final int BYTES_MAX = 1 << 20;

    /// The shortest pace of a watch leaves no more for one of its questions.
    private static final Duration WITHIN = Duration.ofSeconds(3);

    /// Errors that come once an hour are known after one.
    private static final Duration PAST = Duration.ofHours(1);

    private final Api api;

    PodLogCheck(Api api) {
        this.api = api;
    }

    private record Log(String namespace, String pod, String container) {}

    /// What was read, and why something was not.
    private record Read(List<String> texts, List<String> unread) {}

    CheckResult ask(Limits limits, Running.Seen seen, Instant since) {
        var pods = seen.all().stream().mapToInt(o -> o.staying().size()).sum();
        var logs = seen.all().stream()
                .flatMap(o -> o.staying().stream().map(p -> Map.entry(o, p)))
                .limit(PODS_MAX)
                .flatMap(e -> logs(e.getKey(), e.getValue()).stream())
                .toList();
        if (logs.isEmpty()) {
            return CheckResult.unknown(Check.LOGS, "no pod of this release has a log");
        }
        var read = read(logs, since, Map.of());
        var source = pods > PODS_MAX
                ? "logs of %d of %d pods".formatted(PODS_MAX, pods)
                : "logs of " + Words.count(pods, "pod");
        var judged = ErrorLines.judge(
                limits,
                read.texts().stream().flatMap(String::lines),
                () -> past(logs, since.minus(Limits.INCIDENT)),
                source);
        return judged.finding() == Finding.PASS && !read.unread().isEmpty()
                ? CheckResult.unknown(
                        Check.LOGS,
                        "could not read %d of %s: %s"
                                .formatted(
                                        read.unread().size(),
                                        Words.count(logs.size(), "log"),
                                        read.unread().getFirst()))
                : judged;
    }

    /// Those that have begun to run: the others have printed nothing.
    private static List<Log> logs(Running.One one, JsonNode pod) {
        var ours = Template.containers(one.template()).stream()
                .map(c -> c.path("name").asText())
                .toList();
        return PodCheck.statuses(pod)
                .filter(c -> ours.contains(c.path("name").asText()))
                .filter(c ->
                        c.path("restartCount").asInt(0) > 0 || !c.path("state").has("waiting"))
                .map(c -> new Log(
                        one.service().namespace(),
                        Trees.name(pod),
                        c.path("name").asText()))
                .toList();
    }

    /// What the same containers printed before the incident. A past that cannot be read is none: then every error line
    /// counts.
    private Stream<String> past(List<Log> logs, Instant until) {
        return read(logs, until.minus(PAST), Map.of("timestamps", "true")).texts().stream()
                .flatMap(String::lines)
                .flatMap(line -> before(line, until).stream());
    }

    /// The line without its time, if it has one and is old enough.
    private static Optional<String> before(String line, Instant until) {
        var end = line.indexOf(' ');
        try {
            return end > 0 && Instant.parse(line.substring(0, end)).isBefore(until)
                    ? Optional.of(line.substring(end + 1))
                    : Optional.empty();
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private Read read(List<Log> logs, Instant since, Map<String, String> more) {
        var texts = new ArrayList<String>();
        var unread = new ArrayList<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = threads.invokeAll(
                    logs.stream()
                            .<Callable<LogText>>map(l -> () -> read(l, since, more))
                            .toList(),
                    WITHIN.toMillis(),
                    TimeUnit.MILLISECONDS);
            for (var answer : asked) {
                take(answer, texts, unread);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            unread.add("interrupted");
        }
        return new Read(texts, unread);
    }

    private LogText read(Log log, Instant since, Map<String, String> more) {
        var query = new HashMap<>(more);
        query.put("container", log.container());
        query.put("sinceTime", since.truncatedTo(ChronoUnit.SECONDS).toString());
        query.put("limitBytes", Integer.toString(BYTES_MAX));
        return api.log(log.namespace(), log.pod(), query);
    }

    private static void take(Future<LogText> answer, List<String> texts, List<String> unread)
            throws InterruptedException {
        try {
            switch (answer.get(0, TimeUnit.MILLISECONDS)) {
                case LogText.Text(var text, var _) -> texts.add(text);
                // It is gone, or has not printed anything yet: the pods' own check speaks of that.
                case LogText.None(var refusal) when refusal.notFound() || refusal.code() == 400 -> {}
                case LogText.None(var refusal) ->
                    unread.add(refusal.toString().lines().findFirst().orElse(""));
            }
        } catch (CancellationException | TimeoutException _) {
            unread.add("no answer within " + Words.duration(WITHIN));
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Unreachable u -> unread.add(String.valueOf(u.getMessage()));
                case Forbidden f -> unread.add(String.valueOf(f.getMessage()));
                case null -> throw new IllegalStateException(e);
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }
}
