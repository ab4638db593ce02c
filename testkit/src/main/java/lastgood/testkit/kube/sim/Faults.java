package lastgood.testkit.kube.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// What goes wrong between a client and the server. Each fault waits for its n-th matching request, happens as often as
/// it was told to, and is then over.
///
/// ```java
/// faults.on("PATCH", "/deployments/web$").loseAnswer();
/// faults.on("GET", "/pods").nth(3).times(2).answer(429, Duration.ofSeconds(1));
/// ```
public final class Faults {

    /// What is done to a request.
    sealed interface Effect {
        /// Answered at once, not carried out.
        record Answer(int status, Duration retryAfter) implements Effect {}

        /// Not carried out; the connection breaks.
        record Drop() implements Effect {}

        /// Carried out; the connection breaks before the answer.
        record LoseAnswer() implements Effect {}

        /// Carried out; half of the answer arrives.
        record Truncate() implements Effect {}

        record Delay(Duration by) implements Effect {}

        /// The watch ends without a word after that many events.
        record DropWatch(int afterEvents) implements Effect {}

        /// The log is compacted right before: a watch or a page from an older version ends in 410.
        record Compact() implements Effect {}

        /// Reads are answered as of the version at which the fault was set.
        record Stale(long version) implements Effect {}
    }

    /// Where and when a fault is to happen; one of the last methods sets it.
    public final class Rule {

        private final String method;
        private final Pattern path;
        private int nth = 1;
        private int times = 1;
        private Effect effect = new Effect.Drop();

        private Rule(String method, Pattern path) {
            this.method = method;
            this.path = path;
        }

        /// The first match that goes wrong; 1 is the next.
        public Rule nth(int match) {
            nth = match;
            return this;
        }

        /// How many matches in a row go wrong.
        public Rule times(int matches) {
            times = matches;
            return this;
        }

        /// 401, 403, 409, 422, 429, 500, 503 or another, without carrying the request out.
        public void answer(int status) {
            answer(status, Duration.ZERO);
        }

        public void answer(int status, Duration retryAfter) {
            set(new Effect.Answer(status, retryAfter));
        }

        public void dropConnection() {
            set(new Effect.Drop());
        }

        public void loseAnswer() {
            set(new Effect.LoseAnswer());
        }

        public void truncateAnswer() {
            set(new Effect.Truncate());
        }

        public void delay(Duration by) {
            set(new Effect.Delay(by));
        }

        public void dropWatch(int afterEvents) {
            set(new Effect.DropWatch(afterEvents));
        }

        public void compactFirst() {
            set(new Effect.Compact());
        }

        /// As if another server answered that has not heard of anything since now.
        public void answerFromThePast() {
            set(new Effect.Stale(store.version()));
        }

        private void set(Effect wanted) {
            effect = wanted;
            rules.add(this);
        }

        private boolean matches(Request request) {
            return (method.equals("*") || method.equals(request.method()))
                    && path.matcher(request.path() + (request.query().isEmpty() ? "" : "?" + request.query()))
                            .find();
        }

        /// Counts the match.
        private synchronized boolean fires() {
            if (nth > 1) {
                nth--;
                return false;
            }
            return times-- > 0;
        }

        private synchronized boolean isOver() {
            return times <= 0;
        }
    }

    private final Store store;
    private final Consumer<Duration> sleep;
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<String> fired = new CopyOnWriteArrayList<>();

    Faults(Store store, Consumer<Duration> sleep) {
        this.store = store;
        this.sleep = sleep;
    }

    /// @param method such as `PATCH`, or `*` for any
    /// @param path   a regular expression that is looked for in path and query
    public Rule on(String method, String path) {
        return new Rule(method, Pattern.compile(path));
    }

    /// Whatever has not happened yet will not.
    public void clear() {
        rules.clear();
    }

    /// What happened so far, in order: the request and what was done to it.
    public List<String> fired() {
        return List.copyOf(fired);
    }

    List<Effect> effects(Request request) {
        var found = new ArrayList<Effect>();
        for (var rule : rules) {
            if (rule.matches(request) && rule.fires()) {
                found.add(rule.effect);
                fired.add(request + " -> " + rule.effect);
            }
        }
        rules.removeIf(Rule::isOver);
        return found;
    }

    void pause(Duration duration) {
        sleep.accept(duration);
    }
}
