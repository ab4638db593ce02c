package lastgood.engine.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.core.decide.Decision;
import lastgood.core.decide.Situation;
import lastgood.core.detect.Assessment;
import lastgood.core.detect.Judges;
import org.jspecify.annotations.Nullable;

/// Reads a recording line by line.
final class Replaying {

    /// A scrape of 200 routes is about 30 kB; a line of this size is none of ours.
    private static final int LINE_CHARACTERS_MAX = 4_000_000;

    private static final String NOT_OURS =
            "a recording of a watch begins with {\"kind\":\"header\",\"file\":\"%s\"}".formatted(Recording.FILE);

    private final String name;
    private final List<Replay.Step> steps = new ArrayList<>();
    private Line.@Nullable Header header;
    private @Nullable Judges judges;
    private int at;
    private long scrapes;

    Replaying(String name) {
        this.name = name;
    }

    Replay all(Iterable<String> lines) {
        var rest = lines.iterator();
        while (rest.hasNext()) {
            var text = rest.next();
            at++;
            var line = header == null ? Optional.<Line>of(first(text)) : next(text, !rest.hasNext());
            if (line.isEmpty()) {
                return done(true);
            }
            take(line.get());
        }
        return done(false);
    }

    private Replay done(boolean cutOff) {
        var begun = header;
        if (begun == null) {
            throw new Unreadable(name, "it is empty", "`lastgood watch` writes one beside the evidence");
        }
        return new Replay(begun.question(), begun.rules(), steps, scrapes, cutOff);
    }

    private Line.Header first(String text) {
        JsonNode tree;
        try {
            tree = LineJson.tree(checked(text));
        } catch (JsonProcessingException e) {
            throw new Unreadable(name, "it is not a recording of a watch", NOT_OURS);
        }
        if (!tree.path("file").asText().equals(Recording.FILE)) {
            throw new Unreadable(name, "it is not a recording of a watch", NOT_OURS);
        }
        var format = tree.path("format").asInt();
        if (format > Recording.FORMAT) {
            throw new Unreadable(
                    name,
                    "it is of format %d, and this version reads up to format %d".formatted(format, Recording.FORMAT),
                    "replay it with the version of lastgood that wrote it, or a later one");
        }
        try {
            if (LineJson.read(text) instanceof Line.Header read && format >= 1) {
                return read;
            }
        } catch (JsonProcessingException e) {
            throw damaged(e.getOriginalMessage());
        }
        throw damaged("it does not begin with its header");
    }

    /// Empty: the last line, cut off.
    private Optional<Line> next(String text, boolean last) {
        try {
            return Optional.of(LineJson.read(checked(text)));
        } catch (JsonProcessingException e) {
            if (last && !text.stripTrailing().endsWith("}")) {
                return Optional.empty();
            }
            throw damaged(e.getOriginalMessage());
        }
    }

    private String checked(String text) {
        if (text.length() > LINE_CHARACTERS_MAX) {
            throw damaged("longer than %d characters".formatted(LINE_CHARACTERS_MAX));
        }
        return text;
    }

    private Unreadable damaged(String why) {
        return new Unreadable(
                name,
                "it is damaged at line %d: %s".formatted(at, why),
                "take the copy in the evidence bundle; `lastgood evidence verify` says whether that one is whole");
    }

    private void take(Line line) {
        switch (line) {
            case Line.Header first -> begin(first);
            case Line.Opened opened -> judges = new Judges(opened.settings(), opened.basis());
            case Line.Scrape(var scrape) -> {
                opened().take(scrape);
                scrapes++;
            }
            case Line.Decided decided -> steps.add(step(decided));
        }
    }

    private void begin(Line.Header first) {
        if (header != null) {
            throw damaged("a second header");
        }
        header = first;
    }

    private Judges opened() {
        var open = judges;
        if (open == null) {
            throw damaged("counts before the settings that they are judged by");
        }
        return open;
    }

    private Replay.Step step(Line.Decided decided) {
        var begun = header;
        if (begun == null) {
            throw new IllegalStateException("the first line was read as a header");
        }
        var assessment = decided.counted() ? Optional.of(opened().assess()) : Optional.<Assessment>empty();
        var situation = new Situation(
                decided.now(),
                begun.question().fresh(),
                decided.stage(),
                decided.start(),
                assessment,
                decided.signals(),
                decided.deaf(),
                decided.blindSince(),
                decided.way(),
                decided.past(),
                decided.protectedEnvironment(),
                begun.rules());
        var again = Decision.of(situation);
        return new Replay.Step(
                at,
                situation,
                again,
                decided.decision().toString(),
                agreement(LineJson.tree(again), decided.decision()));
    }

    private static Replay.Agreement agreement(JsonNode again, JsonNode recorded) {
        if (again.equals(recorded)) {
            return Replay.Agreement.SAME;
        }
        return withoutWords(again).equals(withoutWords(recorded))
                ? Replay.Agreement.OTHER_WORDS
                : Replay.Agreement.DIFFERENT;
    }

    private static JsonNode withoutWords(JsonNode decision) {
        var kept = decision.deepCopy();
        if (kept instanceof ObjectNode tree) {
            tree.remove("reasons");
            for (var sentence : List.of("attribution", "unattended")) {
                if (tree.get(sentence) instanceof ObjectNode part) {
                    part.remove("why");
                }
            }
        }
        return kept;
    }
}
