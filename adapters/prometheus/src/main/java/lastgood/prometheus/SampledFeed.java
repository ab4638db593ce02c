package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import lastgood.core.Digest;
import lastgood.core.Release;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Scrape;
import lastgood.core.feed.Assembler;
import lastgood.core.feed.Glimpse;
import lastgood.core.feed.Ladder;
import lastgood.core.feed.Party;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Telemetry.Question;
import lastgood.engine.port.Unreachable;

/// The scrapes of one release, made of raw samples of the pods of both releases, from the release's first sample on.
///
/// Whatever cannot be read is blindness with its reason, never calm; what was missed is read when it can be.
final class SampledFeed implements Telemetry.Feed {

    /// Read at one go, when somebody begins late.
    static final Duration STRETCH_MAX = Duration.ofMinutes(10);

    /// In which the old version is seen serving.
    private static final Duration LEAD = Duration.ofMinutes(5);

    private final Source source;
    private final Question question;
    private final Optional<Digest> old;
    private final List<Readings> readings = new ArrayList<>();
    private final List<Scrape> waiting = new ArrayList<>();
    private Optional<Begun> begun = Optional.empty();
    private Optional<Basis> basis = Optional.empty();
    private Instant done;
    private Instant newest;

    private record Begun(Assembler assembler, lastgood.core.feed.Pace pace, Dialect dialect) {}

    SampledFeed(Source source, Question question) {
        this.source = source;
        this.question = question;
        var fresh = question.fresh().revision().digest();
        old = question.old().map(o -> o.revision().digest()).filter(d -> !d.equals(fresh));
        done = question.since().minus(LEAD);
        newest = question.since();
    }

    @Override
    public Optional<Basis> basis() {
        return basis;
    }

    /// How it counts, once that is known.
    Optional<Dialect> dialect() {
        return begun.map(Begun::dialect);
    }

    @Override
    public List<Scrape> next() {
        try {
            var now = source.settled(question.service());
            if (begun.isEmpty()) {
                begun = Optional.of(begin());
            }
            var from = begun.get();
            read(from.assembler(), now);
            return handOut(from, now);
        } catch (Unreachable | Forbidden e) {
            var why = String.valueOf(e.getMessage()).lines().findFirst().orElse("no answer");
            return List.of(Scrape.blind(since(), why));
        }
    }

    private Duration since() {
        return begun.map(b -> b.assembler().since()).orElse(Duration.ZERO);
    }

    private Begun begin() {
        var service = question.service();
        var pace = source.pace(service, question.since());
        var from = source.countedFrom(question).toEpochMilli();
        var dialect = source.dialect(service);
        // What is counted in front of the pods does not tell releases apart.
        var tells = !dialect.pod().isEmpty();
        readings.clear();
        var fresh = tells ? Optional.of(question.fresh().revision().digest()) : Optional.<Digest>empty();
        readings.add(new Readings(source.of(service, fresh, Party.FRESH, pace), Party.FRESH, from, pace.interval()));
        old.filter(_ -> tells)
                .ifPresent(o -> readings.add(new Readings(
                        source.of(service, Optional.of(o), Party.OLD, pace), Party.OLD, from, pace.interval())));
        source.guard(question)
                .forEach(g -> readings.add(new Readings(
                        source.of(g, Optional.empty(), Party.GUARD, pace), Party.GUARD, from, pace.interval())));
        return new Begun(new Assembler(question.since().toEpochMilli(), pace, question.critical()), pace, dialect);
    }

    /// Stretch by stretch. Only as far as there are samples: some backends show them minutes late.
    private void read(Assembler into, Instant now) {
        while (done.isBefore(now)) {
            var to = earlier(done.plus(STRETCH_MAX), now);
            var glimpses = new ArrayList<Glimpse>();
            var seen = done;
            var fetched = new ArrayList<Stretches.Fetched>();
            for (var side : readings) {
                fetched.add(side.fetch(done, to));
            }
            for (var i = 0; i < fetched.size(); i++) {
                glimpses.addAll(readings.get(i).count(fetched.get(i)));
            }
            glimpses.sort(Comparator.comparingLong(Glimpse::atMillis));
            for (var glimpse : glimpses) {
                into.take(glimpse);
                seen = Instant.ofEpochMilli(glimpse.atMillis());
            }
            if (!glimpses.isEmpty()) {
                newest = seen;
            }
            var stretch = to.isBefore(now);
            done = stretch ? to : seen;
            waiting.addAll(into.settle(newest.toEpochMilli()));
            if (!stretch) {
                return;
            }
        }
    }

    static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private List<Scrape> handOut(Begun from, Instant now) {
        if (from.assembler().start().isPresent() && basis.isEmpty()) {
            basis = Optional.of(choose(from));
        }
        if (waiting.isEmpty() && Duration.between(newest, now).compareTo(source.silent(from.pace())) > 0) {
            return List.of(Scrape.blind(
                    since(),
                    "no pod of it has been scraped since %s".formatted(newest.truncatedTo(ChronoUnit.SECONDS))));
        }
        var all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    private Basis choose(Begun from) {
        var start = from.assembler().start().orElseThrow();
        var past = source.before(
                Instant.ofEpochMilli(Ladder.pastEnds(start, question.since())), question, old, from.pace());
        var name = old.flatMap(_ -> question.old()).map(Release::toString).orElse("");
        var found = Ladder.choose(start, name, from.assembler().oldServes(), past);
        return new Basis(
                found.reference(),
                found.before(),
                found.phi(),
                found.start(),
                Stream.concat(source.words().stream(), found.words().stream()).toList());
    }
}
