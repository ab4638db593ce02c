package lastgood.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// YAML 1.2 text to a [Tree]. Whatever the text, the answer is a tree or problems, never an exception: a file may be
/// anything, and the person who runs `config validate` on it wants a line number.
///
/// The text is read twice. The first pass is flat and only counts, because the second one recurses, and a line of
/// ten thousand brackets must not end in a stack overflow.
final class YamlText {

    /// Ours is eight deep; more than this is not a configuration.
    static final int DEPTH_MAX = 32;

    /// Enough to share blocks between services, too few to blow up a small file into a huge tree.
    static final int ALIASES_MAX = 50;

    /// A megabyte of real configuration has about 60,000 values and keys; aliases count each time they are used.
    static final int NODES_MAX = 200_000;

    /// More digits than any number of ours has; longer ones are text.
    private static final int DIGITS_MAX = 18;

    private static final Set<Tag> SCALARS = Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL);

    /// `tree` is present unless the text could not be read at all; problems may come with a tree (duplicate keys).
    record Result(Optional<Tree> tree, List<Problem> problems) {}

    private final String file;
    private final Problems problems = new Problems();
    private int nodes;

    private YamlText(String file) {
        this.file = file;
    }

    static Result read(String file, String text) {
        return new YamlText(file).read(text.startsWith("\uFEFF") ? text.substring(1) : text);
    }

    private Result read(String text) {
        try {
            var tree = withinBounds(text) ? tree(text) : Optional.<Tree>empty();
            return new Result(tree, problems.inReadingOrder());
        } catch (TooLarge large) {
            problems.add(large.problem);
        } catch (MarkedYamlEngineException broken) {
            problems.add(syntax(broken));
        } catch (ReaderException unreadable) {
            problems.add(unprintable(text, unreadable));
        } catch (YamlEngineException broken) {
            problems.add(new Origin.WholeFile(file), "", "not YAML: " + broken.getMessage(), "");
        }
        return new Result(Optional.empty(), problems.inReadingOrder());
    }

    // ---- first pass: how deep, how many

    private boolean withinBounds(String text) {
        int depth = 0;
        int aliases = 0;
        int documents = 0;
        for (var event : new Parse(settings()).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                case Alias -> aliases++;
                case DocumentStart -> documents++;
                default -> {}
            }
            if (depth > DEPTH_MAX) {
                return refuse(event, "nested more than %d deep".formatted(DEPTH_MAX), "");
            }
            if (aliases > ALIASES_MAX) {
                return refuse(event, "more than %d aliases".formatted(ALIASES_MAX), "write the values out");
            }
            if (documents > 1) {
                return refuse(event, "a second document begins here", "one file holds one catalogue; remove the `---`");
            }
        }
        return true;
    }

    private boolean refuse(Event event, String fact, String hint) {
        problems.add(at(event.getStartMark()), "", fact, hint);
        return false;
    }

    // ---- second pass: the tree

    private Optional<Tree> tree(String text) {
        var root = new Compose(settings()).composeString(text);
        return root.map(node -> tree(node, "", 0));
    }

    private Tree tree(Node node, String path, int depth) {
        // only an alias that leads back to itself gets this deep: the first pass has seen everything else
        if (++nodes > NODES_MAX || depth > DEPTH_MAX * 2) {
            throw new TooLarge(new Problem(
                    at(node.getStartMark()), "", "aliases make this larger than can be read", "write the values out"));
        }
        return switch (node) {
            case MappingNode mapping -> mapping(mapping, path, depth);
            case SequenceNode sequence -> sequence(sequence, path, depth);
            case ScalarNode scalar -> scalar(scalar, path);
            default -> throw new IllegalStateException("an unknown kind of node: " + node.getNodeType());
        };
    }

    private Tree mapping(MappingNode node, String path, int depth) {
        var entries = new LinkedHashMap<String, Tree.Entry>();
        for (NodeTuple tuple : node.getValue()) {
            var keyAt = at(tuple.getKeyNode().getStartMark());
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)
                    || keyNode.getTag().equals(Tag.NULL)) {
                problems.add(keyAt, path, "a key must be a word", "");
                continue;
            }
            var key = keyNode.getValue();
            var keyPath = Paths.child(path, key);
            var value = tree(tuple.getValueNode(), keyPath, depth + 1);
            var earlier = entries.putIfAbsent(key, new Tree.Entry(keyAt, value));
            if (earlier != null) {
                problems.add(
                        keyAt,
                        keyPath,
                        "this key is here twice",
                        "the first one is at " + earlier.key().position());
            }
        }
        return new Tree.Mapping(at(node.getStartMark()), entries);
    }

    private Tree sequence(SequenceNode node, String path, int depth) {
        var items = new ArrayList<Tree>();
        for (var item : node.getValue()) {
            items.add(tree(item, Paths.child(path, items.size()), depth + 1));
        }
        return new Tree.Sequence(at(node.getStartMark()), items);
    }

    private Tree scalar(ScalarNode node, String path) {
        var where = at(node.getStartMark());
        var tag = node.getTag();
        if (!SCALARS.contains(tag)) {
            problems.add(where, path, "the tag %s is not known here".formatted(tag.getValue()), "remove it");
            return new Tree.Scalar(where, Tree.Kind.TEXT, node.getValue());
        }
        return tag.equals(Tag.NULL)
                ? new Tree.Empty(where)
                : new Tree.Scalar(where, kind(tag, node.getValue()), node.getValue());
    }

    private static Tree.Kind kind(Tag tag, String text) {
        // a number we would not write (hexadecimal, infinite, of many digits) is read as text, so that the schema
        // says what is expected instead
        if (tag.equals(Tag.INT) && text.length() <= DIGITS_MAX && text.matches("[-+]?[0-9]+")) {
            return Tree.Kind.INTEGER;
        }
        if (tag.equals(Tag.FLOAT) && text.length() <= DIGITS_MAX && Double.isFinite(number(text))) {
            return Tree.Kind.DECIMAL;
        }
        return tag.equals(Tag.BOOL) ? Tree.Kind.BOOLEAN : Tree.Kind.TEXT;
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException notDecimal) {
            return Double.NaN; // .inf and .nan
        }
    }

    // ---- problems

    private Problem syntax(MarkedYamlEngineException broken) {
        // only the parser's own words: its full message quotes the line, which may hold what should not be printed
        var where = broken.getProblemMark().or(broken::getContextMark);
        var fact = Optional.ofNullable(broken.getProblem()).or(() -> Optional.ofNullable(broken.getContext()));
        var tab = fact.filter(f -> f.contains("TAB")).isPresent();
        return new Problem(
                at(where),
                "",
                "not YAML: " + fact.orElse("it cannot be read"),
                tab ? "indent with spaces" : "look at the indentation, quotes and brackets here and on the line above");
    }

    private Problem unprintable(String text, ReaderException unreadable) {
        var before = text.substring(0, Math.min(text.length(), Math.max(0, unreadable.getPosition())));
        var line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        var column = before.length() - before.lastIndexOf('\n');
        return new Problem(
                new Origin.InFile(file, line, column),
                "",
                "the character U+%04X may not be in a text file".formatted(unreadable.getCodePoint()),
                "remove it");
    }

    private Origin at(Optional<Mark> mark) {
        return mark.<Origin>map(m -> new Origin.InFile(file, m.getLine() + 1, m.getColumn() + 1))
                .orElseGet(() -> new Origin.WholeFile(file));
    }

    private static LoadSettings settings() {
        return LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setAllowDuplicateKeys(true) // reported by us, all of them, with both places
                .setAllowNonScalarKeys(true) // likewise
                .setMaxAliasesForCollections(ALIASES_MAX)
                .setCodePointLimit(ConfigLoader.BYTES_MAX)
                .build();
    }

    /// Leaves the recursion; never leaves this class.
    private static final class TooLarge extends RuntimeException {
        final transient Problem problem;

        TooLarge(Problem problem) {
            super(problem.fact(), null, false, false);
            this.problem = problem;
        }
    }
}
