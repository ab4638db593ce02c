package lastgood.local.history;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import lastgood.core.ServiceRef;
import lastgood.core.feed.Glimpse;
import lastgood.core.feed.Pace;
import lastgood.core.feed.Party;
import lastgood.engine.port.History;
import lastgood.local.files.Failures;
import lastgood.local.proxy.Answered;

/// What the proxy of this machine counted in the past days: minutes, instance by instance, without routes. The seconds
/// that a real watch sees are kept for two hours, which is too short for a week's placebos.
final class LocalHistory implements History {

    private static final Duration SLOT = Duration.ofMinutes(5);

    /// A minute is all that is left of the seconds, so it is the shortest round.
    private static final Pace PACE = Pace.each(Duration.ofMinutes(1));

    /// A file's worth; a busy service has a few megabytes in it.
    private static final Duration PIECE = Duration.ofHours(24);

    private final HistoryFiles files;

    LocalHistory(HistoryFiles files) {
        this.files = files;
    }

    @Override
    public Survey survey(ServiceRef service, Instant from, Instant to) {
        var instances = new TreeMap<Long, Set<String>>();
        var requests = new TreeMap<Long, Long>();
        for (var at = from; at.isBefore(to); at = at.plus(PIECE)) {
            for (var line : read(at, earlier(at.plus(PIECE), to))) {
                var slot = Math.floorDiv(line.at(), SLOT.toMillis()) * SLOT.toMillis();
                var there = instances.computeIfAbsent(slot, _ -> new HashSet<>());
                for (var a : served(line, service)) {
                    there.add(source(a));
                    requests.merge(slot, a.requests(), Long::sum);
                }
            }
        }
        var slots = new ArrayList<Slot>();
        instances.forEach((at, there) ->
                slots.add(new Slot(Instant.ofEpochMilli(at), there.size(), requests.getOrDefault(at, 0L))));
        return new Survey(
                SLOT,
                slots,
                PACE,
                PIECE,
                "no request, a file of a few megabytes a day",
                List.of(
                        "in rounds of a minute, all that is kept of the past: a real watch looks each second, and finds"
                                + " things sooner",
                        "summed over routes: single routes are not judged"));
    }

    @Override
    public Pieces open(ServiceRef service, Instant from) {
        return new Pieces() {
            private Instant done = from;

            @Override
            public List<Glimpse> until(Instant to) {
                var all = new ArrayList<Glimpse>();
                for (var line : read(done, to)) {
                    served(line, service)
                            .forEach(a -> all.add(new Glimpse(
                                    line.at(),
                                    source(a),
                                    a.instance(),
                                    Party.OLD,
                                    true,
                                    LocalTelemetry.errors(a),
                                    LocalTelemetry.latency(a),
                                    new TreeMap<>())));
                }
                done = to;
                return all;
            }
        };
    }

    /// What an instance answered; what nobody answered belongs to neither half.
    private static List<Answered> served(Line line, ServiceRef service) {
        return line.of(service.toString()).stream()
                .filter(a -> !a.byNobody() && a.requests() > 0)
                .toList();
    }

    /// An instance of the next release has the name of one of this.
    private static String source(Answered a) {
        return a.revision() + "/" + a.instance();
    }

    private List<Line> read(Instant from, Instant to) {
        try {
            return files.read(HistoryFiles.MINUTES, from.toEpochMilli(), to.toEpochMilli());
        } catch (IOException e) {
            throw Failures.unreachable("could not read what was counted from " + files.folder(), e);
        }
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
