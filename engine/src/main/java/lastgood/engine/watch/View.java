package lastgood.engine.watch;

import java.util.List;
import java.util.Optional;
import lastgood.core.decide.Decision;
import lastgood.core.decide.Situation;
import lastgood.core.detect.Basis;

/// What a watch knows at one moment, and what follows from it.
///
/// @param basis what the release is compared with; empty until its first sample was seen
/// @param course the latest scrapes, oldest first
/// @param fresh scrapes that came with this look
public record View(Situation situation, Decision decision, Optional<Basis> basis, List<Moment> course, int fresh) {
    public View {
        course = List.copyOf(course);
    }
}
