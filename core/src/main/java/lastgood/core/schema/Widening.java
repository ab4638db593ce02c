package lastgood.core.schema;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import lastgood.core.schema.Item.Kind;

/// Whether everything that was written as one type can be written and read as another, and looks the same to a client.
public final class Widening {

    private static final Pattern TYPE =
            Pattern.compile("(.+?)(?:\\((\\d+)(?:,(-?\\d+))?\\))?( with(?:out)? time zone)?");

    private static final List<String> INTEGERS = List.of("smallint", "integer", "bigint");

    private final Catalog before;
    private final Catalog after;

    public Widening(Catalog before, Catalog after) {
        this.before = before;
        this.after = after;
    }

    public enum Answer {
        /// The same, or wider.
        YES,
        /// The same family with less room: what is read stays readable, what is written may not fit.
        NARROWER,
        NO
    }

    public Answer from(String old, String now) {
        if (old.equals(now)) {
            return Answer.YES;
        }
        if (old.endsWith("[]") && now.endsWith("[]")) {
            return from(old.substring(0, old.length() - 2), now.substring(0, now.length() - 2));
        }
        var oldDomain = domain(before, old);
        if (oldDomain.isPresent()) {
            return from(oldDomain.get().fact("type"), now);
        }
        var newDomain = domain(after, now);
        if (newDomain.isPresent()) {
            var base = from(old, newDomain.get().fact("type"));
            var free =
                    after.of(Kind.CONSTRAINT, newDomain.get().path()).findAny().isEmpty()
                            && !newDomain.get().is("not_null");
            return base == Answer.YES && !free ? Answer.NARROWER : base;
        }
        if (isEnum(old) && (now.equals("text") || now.startsWith("character varying"))) {
            return Answer.YES;
        }
        var oldLabels = labels(before, old);
        var newLabels = labels(after, now);
        if (!oldLabels.isEmpty() && !newLabels.isEmpty()) {
            return newLabels.containsAll(oldLabels) ? Answer.YES : Answer.NO;
        }
        return plain(Type.of(old), Type.of(now));
    }

    private static List<String> labels(Catalog catalog, String type) {
        return catalog.all(Kind.TYPE)
                .filter(t -> t.has("labels") && type.equals(t.qualified()))
                .findFirst()
                .map(t -> t.list("labels"))
                .orElse(List.of());
    }

    private Optional<Item> domain(Catalog catalog, String type) {
        return catalog.all(Kind.DOMAIN)
                .filter(d -> type.equals(d.qualified()) || type.equals(Quoted.path(d.path())))
                .findFirst();
    }

    private boolean isEnum(String type) {
        return !labels(before, type).isEmpty();
    }

    private static Answer plain(Type old, Type now) {
        if (old.name.equals(now.name)) {
            return switch (old.name) {
                case "numeric" -> numeric(old, now);
                case "character" -> old.first == now.first ? Answer.YES : Answer.NO;
                default -> now.first < 0 || (old.first >= 0 && now.first >= old.first) ? Answer.YES : Answer.NARROWER;
            };
        }
        var from = INTEGERS.indexOf(old.name);
        var to = INTEGERS.indexOf(now.name);
        if (from >= 0 && to >= 0) {
            return to > from ? Answer.YES : Answer.NARROWER;
        }
        if (from >= 0 && now.name.equals("numeric")) {
            return now.first < 0 || now.first - Math.max(0, now.second) >= 5 * (1 << from)
                    ? Answer.YES
                    : Answer.NARROWER;
        }
        return switch (old.name + " -> " + now.name) {
            case "character varying -> text",
                    "text -> public.citext",
                    "character varying -> public.citext",
                    "json -> jsonb",
                    "cidr -> inet" -> Answer.YES;
            case "real -> double precision" -> Answer.YES;
            case "double precision -> real" -> Answer.NARROWER;
            case "text -> character varying" -> now.first < 0 ? Answer.YES : Answer.NARROWER;
            default -> Answer.NO;
        };
    }

    private static Answer numeric(Type old, Type now) {
        if (now.first < 0) {
            return Answer.YES;
        }
        var fits = old.first >= 0 && now.second >= old.second && now.first - now.second >= old.first - old.second;
        return fits ? Answer.YES : Answer.NARROWER;
    }

    /// @param first length or precision; -1: none
    private record Type(String name, int first, int second) {
        static Type of(String text) {
            var parts = TYPE.matcher(text);
            if (!parts.matches()) {
                return new Type(text, -1, 0);
            }
            var zone = parts.group(4) == null ? "" : parts.group(4);
            return new Type(
                    parts.group(1) + zone,
                    parts.group(2) == null ? -1 : Integer.parseInt(parts.group(2)),
                    parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3)));
        }
    }
}
