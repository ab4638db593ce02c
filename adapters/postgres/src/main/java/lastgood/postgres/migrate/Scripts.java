package lastgood.postgres.migrate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lastgood.engine.port.Forbidden;

/// The SQL of a team's migrations, in a folder in one of the usual forms, which may stand side by side:
///
/// - `NAME.up.sql` and `NAME.down.sql` (ours, golang-migrate)
/// - `NAME/up.sql`, or Prisma's `NAME/migration.sql`, and `NAME/down.sql`
/// - `V1__name.sql` and `U1__name.sql` (Flyway)
/// - `NAME.sql` with the lines `-- Up Migration` and `-- Down Migration` (node-pg-migrate)
///
/// The folder is read anew each time: a release may bring its files with it.
public final class Scripts {

    private static final Pattern PAIR = Pattern.compile("(.+)\\.(up|down)\\.sql");
    private static final Pattern FLYWAY = Pattern.compile("([VU])([0-9][0-9._]*?)__(.*)\\.sql");
    private static final Pattern MARKED =
            Pattern.compile("(?im)^\\s*--+\\s*(up|down)\\s+migration\\b.*$", Pattern.UNICODE_CASE);
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    /// More is no folder of migrations.
    private static final int FILES_MAX = 20_000;

    private static final Scripts NONE = new Scripts(Optional.empty());

    private final Optional<Path> folder;

    private Scripts(Optional<Path> folder) {
        this.folder = folder;
    }

    public static Scripts none() {
        return NONE;
    }

    public static Scripts in(Path folder) {
        return new Scripts(Optional.of(folder));
    }

    /// One migration's files.
    ///
    /// @param name without `.up.sql`; for Flyway `V1__name`
    /// @param number the first number in it, for the tools that know migrations by number; empty = none
    public record Pair(String name, String number, Optional<Side> up, Optional<Side> down) {}

    /// @param source the file, for people
    public record Side(String source, String sql) {
        Script script() {
            return Script.of(source, sql);
        }
    }

    public boolean areKnown() {
        return folder.isPresent();
    }

    /// In the order in which they are applied: by their numbers, then by name.
    public List<Pair> all() {
        var pairs = new TreeMap<String, Pair>(ORDER);
        for (var file : files()) {
            read(file).forEach(found -> pairs.merge(found.name(), found, Scripts::joined));
        }
        flywayDowns(pairs);
        return List.copyOf(pairs.values());
    }

    private static final Comparator<String> ORDER = Comparator.<String, List<BigInteger>>comparing(
                    Scripts::numbers, Scripts::compare)
            .thenComparing(Comparator.naturalOrder());

    private static List<BigInteger> numbers(String name) {
        var flyway = name.indexOf("__");
        var head = flyway < 0 ? name : name.substring(0, flyway);
        return NUMBER.matcher(head)
                .results()
                .map(n -> new BigInteger(n.group()))
                .toList();
    }

    private static int compare(List<BigInteger> a, List<BigInteger> b) {
        for (var i = 0; i < Math.min(a.size(), b.size()); i++) {
            var difference = a.get(i).compareTo(b.get(i));
            if (difference != 0) {
                return difference;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private static Pair joined(Pair a, Pair b) {
        return new Pair(a.name(), a.number(), a.up().or(b::up), a.down().or(b::down));
    }

    /// `U1__x.sql` belongs to `V1__y.sql`, whatever comes after the version.
    private static void flywayDowns(Map<String, Pair> pairs) {
        for (var undo : List.copyOf(pairs.values())) {
            var name = undo.name();
            if (name.startsWith("U") && FLYWAY.matcher(name + ".sql").matches()) {
                pairs.remove(name);
                pairs.replaceAll((up, pair) -> up.startsWith("V") && version(up).equals(version(name))
                        ? new Pair(pair.name(), pair.number(), pair.up(), undo.down())
                        : pair);
            }
        }
    }

    /// `1.2` of `V1.2__x`; empty for other forms.
    static String version(String name) {
        var matcher = FLYWAY.matcher(name + ".sql");
        return matcher.matches() ? matcher.group(2).replace('_', '.') : "";
    }

    private List<Path> files() {
        if (folder.isEmpty() || !Files.isDirectory(folder.get())) {
            return List.of();
        }
        try (var all = Files.walk(folder.get(), 3)) {
            return all.filter(f -> f.toString().endsWith(".sql"))
                    .filter(Files::isRegularFile)
                    .limit(FILES_MAX)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new Forbidden("could not read the migrations in %s: %s".formatted(folder.get(), e.getMessage()));
        }
    }

    private List<Pair> read(Path file) {
        var leaf = String.valueOf(file.getFileName());
        var above =
                file.getParent() == null ? "" : String.valueOf(file.getParent().getFileName());
        var pair = PAIR.matcher(leaf);
        if (pair.matches()) {
            return List.of(side(pair.group(1), pair.group(2).equals("up"), file));
        }
        if (leaf.equals("down.sql") || leaf.equals("up.sql") || leaf.equals("migration.sql")) {
            return List.of(side(above, !leaf.equals("down.sql"), file));
        }
        var name = leaf.substring(0, leaf.length() - ".sql".length());
        var flyway = FLYWAY.matcher(leaf);
        return flyway.matches() ? List.of(side(name, flyway.group(1).equals("V"), file)) : marked(name, file);
    }

    private static Pair side(String name, boolean up, Path file) {
        var side = Optional.of(new Side(file.toString(), text(file)));
        return new Pair(name, number(name), up ? side : Optional.empty(), up ? Optional.empty() : side);
    }

    /// One file with both ways in it; a file without the marks is only a way up.
    private static List<Pair> marked(String name, Path file) {
        var text = text(file);
        var parts = new ArrayList<Pair>();
        var marks = MARKED.matcher(text).results().toList();
        for (var i = 0; i < marks.size(); i++) {
            var end = i + 1 < marks.size() ? marks.get(i + 1).start() : text.length();
            var side = Optional.of(
                    new Side(file.toString(), text.substring(marks.get(i).end(), end)));
            var up = marks.get(i).group(1).equalsIgnoreCase("up");
            parts.add(new Pair(name, number(name), up ? side : Optional.empty(), up ? Optional.empty() : side));
        }
        return marks.isEmpty() ? List.of(side(name, true, file)) : parts;
    }

    private static String number(String name) {
        Matcher matcher = NUMBER.matcher(name);
        return matcher.find() ? new BigInteger(matcher.group()).toString() : "";
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException e) {
            throw new Forbidden("could not read %s: %s\nhint: is it UTF-8?".formatted(file, e.getMessage()));
        }
    }
}
