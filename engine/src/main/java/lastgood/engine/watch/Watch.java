package lastgood.engine.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import lastgood.core.decide.Decision;
import lastgood.core.decide.Situation;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Judges;
import lastgood.core.detect.Scrape;
import lastgood.engine.port.Signals;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Time;
import org.jspecify.annotations.Nullable;

/// Watches one release. It has no thread and no memory that matters: another process that opens the same question
/// gets the same scrapes from the first one on, and comes to the same decision.
public final class Watch {

    /// Four hours at one in fifteen seconds; enough for a picture.
    private static final int MOMENTS_MAX = 960;

    private final Sources sources;
    private final Telemetry.Question question;
    private final Terms terms;
    private final Time time;
    private final Telemetry.Feed feed;
    private final Optional<Recording> recording;
    private final Deque<Moment> course = new ArrayDeque<>();
    private @Nullable Judges judges;
    private @Nullable Basis basis;
    private Optional<Instant> blindSince = Optional.empty();
    private String blind = "";

    public Watch(Sources sources, Telemetry.Question question, Terms terms, Time time) {
        this(sources, question, terms, time, Optional.empty());
    }

    /// @param lines gets all that decisions depend on, to be decided again by whoever doubts them: [Recording]
    public Watch(
            Sources sources, Telemetry.Question question, Terms terms, Time time, Optional<Consumer<String>> lines) {
        this.recording = lines.map(to -> Recording.begin(question, terms.rules(), to));
        this.sources = sources;
        this.question = question;
        this.terms = terms;
        this.time = time;
        this.feed = sources.telemetry().open(question);
    }

    public Telemetry.Question question() {
        return question;
    }

    /// Takes what is new, and decides.
    public View look(Surroundings around) {
        var scrapes = feed.next();
        scrapes.forEach(this::take);
        var now = time.now();
        var start = basis == null ? question.since() : basis.start();
        var assessment = Optional.ofNullable(judges).map(Judges::assess);
        var suspected = assessment.filter(a -> a.suspicion().isActive()).isPresent();
        var heard = sources.signals()
                .hear(new Signals.Asked(question.service(), question.fresh(), question.since(), suspected));
        var deaf = new ArrayList<>(heard.deaf());
        if (judges == null && !blind.isEmpty()) {
            deaf.add("what users get: " + blind);
        }
        feed.standIn().ifPresent(why -> deaf.add("what users get: " + why));
        var situation = new Situation(
                now,
                question.fresh(),
                around.stage(),
                start,
                assessment,
                heard.signals(),
                deaf,
                blindSince,
                around.way(),
                around.past(),
                around.protectedEnvironment(),
                terms.rules());
        var decision = Decision.of(situation);
        recording.ifPresent(r -> r.decided(situation, decision));
        return new View(situation, decision, Optional.ofNullable(basis), List.copyOf(course), scrapes.size());
    }

    /// The release's first sample tells what it is compared with; blind looks before it tell only that.
    private void take(Scrape scrape) {
        if (judges == null) {
            basis = feed.basis().orElse(null);
            judges = basis == null ? null : open(basis);
        }
        switch (scrape.sight()) {
            case Scrape.Sight.Clear() -> {
                blindSince = Optional.empty();
                blind = "";
            }
            case Scrape.Sight.Blind(var cause) -> {
                blindSince = blindSince.or(() -> Optional.of(time.now()));
                blind = cause;
            }
        }
        if (judges == null || basis == null) {
            return;
        }
        judges.take(scrape);
        recording.ifPresent(r -> r.saw(scrape));
        if (blind.isEmpty()) {
            course.addLast(Moment.of(basis.start(), scrape));
            while (course.size() > MOMENTS_MAX) {
                course.removeFirst();
            }
        }
    }

    private Judges open(Basis found) {
        var settings = terms.settings(found);
        recording.ifPresent(r -> r.opened(found, settings));
        return new Judges(settings, found);
    }

    /// How often a look is worth it; empty: whoever looks knows best.
    public Optional<Duration> lookEvery() {
        return feed.lookEvery();
    }

    /// What was seen lately, oldest first.
    public List<Moment> course() {
        return List.copyOf(course);
    }
}
