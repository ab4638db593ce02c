package lastgood.cli.picture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.cli.Session;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;

/// The picture of a run: what users got before, while and after it, with what happened marked. Where nobody counted,
/// there is none, and the report goes without.
public final class Picture {

    /// What was normal is seen on a third of the picture, and not on more than two minutes of it.
    private static final Duration BEFORE_MAX = Duration.ofMinutes(2);

    private static final Duration BEFORE_MIN = Duration.ofSeconds(10);

    /// A day's picture shows nothing of the minutes that matter.
    private static final Duration LENGTH_MAX = Duration.ofHours(2);

    private static final int STEPS_MAX = 120;
    private static final int COLUMNS = 60;

    private final Course course;
    private final String title;
    private final Session session;

    private Picture(Course course, String title, Session session) {
        this.course = course;
        this.title = title;
        this.session = session;
    }

    /// @param marks what happened, oldest first
    /// @param end of the run, or now
    public static Optional<Picture> of(Session session, String title, List<Course.Mark> marks, Instant end) {
        if (marks.isEmpty()) {
            return Optional.empty();
        }
        var first = marks.getFirst()
                .at()
                .minus(before(Duration.between(marks.getFirst().at(), end)));
        var from = first.isBefore(end.minus(LENGTH_MAX)) ? end.minus(LENGTH_MAX) : first;
        var seconds = Math.max(1, Math.ceilDiv(Duration.between(from, end).toSeconds(), STEPS_MAX));
        var step = Duration.ofSeconds(seconds);
        try {
            var points = session.metrics().course(session.service(), from, end, step);
            var shown = marks.stream().filter(m -> !m.at().isBefore(from)).toList();
            var course = Course.of(from, end, step, points, shown);
            return course.isEmpty() ? Optional.empty() : Optional.of(new Picture(course, title, session));
        } catch (Unreachable | Forbidden e) {
            return Optional.empty();
        }
    }

    private static Duration before(Duration shown) {
        var half = shown.dividedBy(2);
        return half.compareTo(BEFORE_MIN) < 0 ? BEFORE_MIN : half.compareTo(BEFORE_MAX) > 0 ? BEFORE_MAX : half;
    }

    public List<String> lines(boolean unicode) {
        return new ArrayList<>(new BarLines(course, COLUMNS, unicode).lines());
    }

    public String svg() {
        return new Svg(course, title, session.effective().timezone()).text();
    }

    /// Beside the other records on this machine.
    ///
    /// @return empty if it could not be written; a report is printed all the same
    public Optional<Path> save(String name) {
        var file = session.effective().data().resolve("reports").resolve(name + ".svg");
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, svg());
            return Optional.of(file);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
