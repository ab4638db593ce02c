package lastgood.engine.watch;

import java.util.function.Consumer;
import lastgood.core.decide.Decision;
import lastgood.core.decide.DecisionRules;
import lastgood.core.decide.Situation;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Settings;
import lastgood.engine.port.Telemetry;

/// Writes down everything that the decisions of a watch depend on, one JSON object a line, so that anybody can
/// decide again and get the same: see [Replay].
///
/// Lines are handed out as they come, complete and without the line feed; who appends them to a file need not sort
/// or hold them. One thread at a time.
public final class Recording {

    /// The first words of every file of this kind.
    static final String FILE = "lastgood watch";

    static final int FORMAT = 1;

    private final Telemetry.Question question;
    private final DecisionRules rules;
    private final Consumer<String> lines;

    private Recording(Telemetry.Question question, DecisionRules rules, Consumer<String> lines) {
        this.question = question;
        this.rules = rules;
        this.lines = lines;
    }

    /// Other rules or another release are another recording.
    public static Recording begin(Telemetry.Question question, DecisionRules rules, Consumer<String> lines) {
        lines.accept(LineJson.write(new Line.Header(FILE, FORMAT, question, rules)));
        return new Recording(question, rules, lines);
    }

    /// A detector was made with these settings. Once more for a new one, which is then given all scrapes again.
    public void opened(Basis basis, Settings settings) {
        lines.accept(LineJson.write(new Line.Opened(basis, settings)));
    }

    /// The detector was given this.
    public void saw(Scrape scrape) {
        lines.accept(LineJson.write(new Line.Scrape(scrape)));
    }

    /// This was decided on what was seen until now.
    public void decided(Situation s, Decision decision) {
        if (!s.running().equals(question.fresh()) || !s.rules().equals(rules)) {
            throw new IllegalStateException("a decision about another release, or by other rules: " + s.running());
        }
        lines.accept(LineJson.write(new Line.Decided(
                s.now(),
                s.stage(),
                s.start(),
                s.assessment().isPresent(),
                s.signals(),
                s.deaf(),
                s.blindSince(),
                s.way(),
                s.past(),
                s.protectedEnvironment(),
                LineJson.tree(decision))));
    }

    /// Decides again, with the same detector and the same rules.
    ///
    /// @param name what the file is called in messages
    /// @throws Unreadable if it is no recording, is damaged, or was written by a later version
    public static Replay replay(String name, Iterable<String> lines) {
        return new Replaying(name).all(lines);
    }
}
