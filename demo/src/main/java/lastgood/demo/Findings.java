package lastgood.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.demo.load.Tape;

/// What was measured in this run; whatever is not here was not.
final class Findings {

    /// So many seconds at the end tell whether users are well.
    static final int LAST_SECONDS = 5;

    /// Of all requests in those seconds. The runbook's limit.
    static final double WELL_BELOW_PERCENT = 1;

    /// Fewer requests than this prove nothing.
    private static final int REQUESTS_MIN = 50;

    private final Map<Moment, Instant> moments = new EnumMap<>(Moment.class);
    private final ObjectNode values = JsonNodeFactory.instance.objectNode();

    /// What happened, by whose word.
    enum Moment {
        BAD_RELEASE("v4.0.5 begins to go out", "badRelease"),
        FIRST_BAD_REQUEST("first failed request (users)", "firstBadRequest"),
        SUSPECTED("suspected (watch)", "suspected"),
        NOTICED("proved (watch)", "noticed"),
        DECIDED("decided", "decided"),
        FIRST_CHANGE("first change (journal)", "firstChange"),
        KILLED("engine killed", "killed"),
        TAKEN_OVER("taken over (journal)", "takenOver"),
        TRAFFIC_GOOD("last failed request (users)", "trafficGood"),
        VERIFIED("recovery proved (journal)", "verified");

        private final String words;
        private final String key;

        Moment(String words, String key) {
            this.words = words;
            this.key = key;
        }

        String words() {
            return words;
        }
    }

    void at(Moment moment, Instant when) {
        moments.put(moment, when);
    }

    Optional<Instant> when(Moment moment) {
        return Optional.ofNullable(moments.get(moment));
    }

    Optional<Duration> between(Moment from, Moment to) {
        return when(from).flatMap(a -> when(to).map(b -> Duration.between(a, b)));
    }

    /// In the order in which they happened.
    List<Map.Entry<Moment, Instant>> inOrder() {
        var all = new ArrayList<>(moments.entrySet());
        all.sort(Map.Entry.comparingByValue(Comparator.naturalOrder()));
        return all;
    }

    ObjectNode values() {
        return values;
    }

    /// The users' last full seconds.
    static Tape.Totals last(List<Tape.Second> seconds) {
        var full = seconds.subList(Math.max(0, seconds.size() - 1 - LAST_SECONDS), Math.max(0, seconds.size() - 1));
        var answered = full.stream().mapToInt(Tape.Second::answered).sum();
        var failed = full.stream().mapToInt(Tape.Second::failed).sum();
        return new Tape.Totals(answered, answered - failed, failed);
    }

    static boolean well(Tape.Totals last) {
        return last.sent() >= REQUESTS_MIN && last.failedPercent() < WELL_BELOW_PERCENT;
    }

    /// For scripts: times in milliseconds from the start of the story.
    ObjectNode json(Instant began) {
        var doc = JsonNodeFactory.instance.objectNode();
        doc.put("apiVersion", "lastgood.dev/v1alpha1").put("kind", "DemoReport");
        doc.setAll(values);
        var times = doc.putObject("millisFromStart");
        moments.forEach((moment, at) ->
                times.put(moment.key, Duration.between(began, at).toMillis()));
        var spans = doc.putObject("millis");
        span(spans, "firstBadRequestToNoticed", Moment.FIRST_BAD_REQUEST, Moment.NOTICED);
        span(spans, "noticedToDecided", Moment.NOTICED, Moment.DECIDED);
        span(spans, "decidedToTrafficGood", Moment.DECIDED, Moment.TRAFFIC_GOOD);
        span(spans, "firstBadRequestToTrafficGood", Moment.FIRST_BAD_REQUEST, Moment.TRAFFIC_GOOD);
        span(spans, "firstBadRequestToVerified", Moment.FIRST_BAD_REQUEST, Moment.VERIFIED);
        span(spans, "killToTakenOver", Moment.KILLED, Moment.TAKEN_OVER);
        return doc;
    }

    private void span(ObjectNode spans, String name, Moment from, Moment to) {
        between(from, to).ifPresent(d -> spans.put(name, d.toMillis()));
    }
}
