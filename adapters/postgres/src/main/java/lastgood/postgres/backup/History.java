package lastgood.postgres.backup;

import java.util.ArrayList;
import java.util.List;

/// How a timeline came about: each promotion begins a new one, and what the old one wrote afterwards is another story.
///
/// @param timeline the one that is written now
/// @param before its ancestors, oldest first
public record History(int timeline, List<Ancestor> before) {

    public History {
        before = List.copyOf(before);
    }

    /// @param end where its successor took over
    public record Ancestor(int timeline, long end) {}

    public static History first() {
        return new History(1, List.of());
    }

    /// Reads a history file: for each ancestor its number, the position of the switch, and a reason.
    public static History of(int timeline, String file) {
        var ancestors = new ArrayList<Ancestor>();
        for (var line : file.lines().toList()) {
            var words = line.strip().split("\\s+", 3);
            if (words.length >= 2 && words[0].matches("\\d+") && words[1].contains("/")) {
                ancestors.add(new Ancestor(Integer.parseInt(words[0]), Wal.position(words[1])));
            }
        }
        return new History(timeline, ancestors);
    }

    /// Which timeline's file holds the segment that begins there. The segment of a switch is copied into the new one.
    int at(long begins, long segmentBytes) {
        for (var ancestor : before) {
            var switched = Long.divideUnsigned(ancestor.end(), segmentBytes) * segmentBytes;
            if (Long.compareUnsigned(begins, switched) < 0) {
                return ancestor.timeline();
            }
        }
        return timeline;
    }

    /// Whether a backup that ended there on that timeline leads to the present.
    public boolean holds(int otherTimeline, long position) {
        return otherTimeline == timeline
                || before.stream()
                        .anyMatch(a -> a.timeline() == otherTimeline && Long.compareUnsigned(position, a.end()) <= 0);
    }
}
