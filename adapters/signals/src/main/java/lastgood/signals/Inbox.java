package lastgood.signals;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import lastgood.core.InvalidName;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.Severity;
import lastgood.core.Words;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Trigger;
import lastgood.engine.port.Signals;
import lastgood.engine.port.Unreachable;

/// What was reported and has not ended, kept in a file: a restart forgets nothing, and a question asked by another
/// process hears it too.
///
/// The same thing sent again is the same thing. One that ended is remembered for a while, so that a message that was
/// sent before its end and comes after it does not bring it back. Everything in it is somebody else's rule: it
/// prepares, and rolls nothing back by itself.
public final class Inbox implements Signals {

    /// A sender's clock may be that much behind ours; an alert that began earlier than that before the release is
    /// not about it.
    static final Duration SKEW = Duration.ofMinutes(2);

    /// Alertmanager sends again what still fires, every 4 h unless told otherwise (`repeat_interval`). What was not
    /// heard of for longer may have ended without our hearing it: then nobody knows.
    static final Duration HOLDS = Duration.ofHours(5);

    /// After that it is history, ended or not.
    static final Duration KEPT = Duration.ofDays(1);

    static final int ENTRIES_MAX = 2000;

    private final StateFile file;
    private final InstantSource clock;

    public Inbox(Path file, InstantSource clock) {
        this.file = new StateFile(file);
        this.clock = clock;
    }

    /// @param first when it was first heard, by our clock
    /// @param last when it was last heard
    private record Kept(Report report, Instant first, Instant last) {
        boolean isHistory(Instant now) {
            var stays = report.trigger() == Trigger.SECURITY && !report.over();
            return !stays && last.plus(KEPT).isBefore(now);
        }
    }

    /// @param taken new ones, and such as still hold
    /// @param ended such as had been there
    record Taken(int taken, int ended) {}

    /// There is no room for more; nothing was taken.
    static final class Full extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /// All of them or none, and on disk before this returns.
    synchronized Taken take(List<Report> reports) {
        return file.alone(state -> {
            var now = clock.instant();
            var kept = kept(state);
            kept.values().removeIf(k -> k.isHistory(now));
            var taken = 0;
            var ended = 0;
            for (var report : reports) {
                var before = Optional.ofNullable(kept.get(report.key()));
                if (before.filter(b -> isLate(report, b.report())).isPresent()) {
                    continue;
                }
                var holds = before.filter(b -> !b.report().over());
                if (report.over()) {
                    ended += holds.isPresent() ? 1 : 0;
                } else {
                    taken++;
                }
                kept.put(report.key(), new Kept(report, holds.map(Kept::first).orElse(now), now));
            }
            if (kept.size() > ENTRIES_MAX) {
                throw new Full();
            }
            file.write(Map.of("reports", kept.values().stream().map(Inbox::tree).toList()));
            return new Taken(taken, ended);
        });
    }

    /// Of an episode that is over already, or of one before that which is known.
    private static boolean isLate(Report report, Report known) {
        return known.over()
                ? !report.began().isAfter(known.began())
                : report.over() && report.began().isBefore(known.began());
    }

    @Override
    public Heard hear(Asked asked) {
        var now = clock.instant();
        var signals = new ArrayList<Signal>();
        var deaf = new ArrayList<String>();
        for (var kept : kept(file.read()).values()) {
            var report = kept.report();
            if (report.over()
                    || !report.service().equals(asked.service())
                    || kept.isHistory(now)
                    || !isAbout(kept, asked.release(), asked.since())) {
                continue;
            }
            if (report.trigger() != Trigger.SECURITY && kept.last().plus(HOLDS).isBefore(now)) {
                deaf.add("%s: not heard of for %s; it may fire still"
                        .formatted(report.source(), Words.duration(Duration.between(kept.last(), now))));
            } else {
                signals.add(signal(kept));
            }
        }
        signals.sort(Comparator.comparing(Signal::since).thenComparing(Signal::id));
        return new Heard(signals, deaf);
    }

    /// A hole is as old as its version; everything else has to have begun with the release.
    private static boolean isAbout(Kept kept, Release release, Instant since) {
        var report = kept.report();
        if (!report.versions().isEmpty()) {
            return report.versions().contains(release.version().text());
        }
        return !report.began().isBefore(since.minus(SKEW));
    }

    private static Signal signal(Kept kept) {
        var report = kept.report();
        return new Signal(
                report.trigger(),
                report.fingerprint(),
                report.source(),
                report.began().isBefore(kept.first()) ? report.began() : kept.first(),
                report.severity(),
                Signal.Weight.SUSPICION,
                report.words());
    }

    // ---- the file

    private static Map<String, Object> tree(Kept kept) {
        var report = kept.report();
        var tree = new TreeMap<String, Object>();
        tree.put("service", report.service().toString());
        tree.put("fingerprint", report.fingerprint());
        tree.put("trigger", report.trigger().label());
        tree.put("source", report.source());
        tree.put("began", report.began().toString());
        report.severity().ifPresent(s -> tree.put("severity", s.label()));
        tree.put("versions", report.versions());
        tree.put("words", report.words());
        tree.put("over", report.over());
        tree.put("first", kept.first().toString());
        tree.put("last", kept.last().toString());
        return tree;
    }

    private static Map<String, Kept> kept(Optional<JsonNode> state) {
        var kept = new LinkedHashMap<String, Kept>();
        try {
            state.ifPresent(s -> s.path("reports").forEach(tree -> {
                var one = kept(tree);
                kept.put(one.report().key(), one);
            }));
            return kept;
        } catch (InvalidName | DateTimeException | java.util.NoSuchElementException e) {
            throw new Unreachable(
                    "the inbox cannot be understood\nhint: if a newer lastgood wrote it, use that one", e);
        }
    }

    private static Kept kept(JsonNode tree) {
        var versions = new TreeSet<String>();
        tree.path("versions").forEach(v -> versions.add(v.asText()));
        var report = new Report(
                ServiceRef.parse(tree.path("service").asText()),
                tree.path("fingerprint").asText(),
                Trigger.parse(tree.path("trigger").asText()).orElseThrow(),
                tree.path("source").asText(),
                Instant.parse(tree.path("began").asText()),
                tree.has("severity") ? Severity.parse(tree.path("severity").asText()) : Optional.empty(),
                versions,
                tree.path("words").asText(),
                tree.path("over").asBoolean());
        return new Kept(
                report,
                Instant.parse(tree.path("first").asText()),
                Instant.parse(tree.path("last").asText()));
    }
}
