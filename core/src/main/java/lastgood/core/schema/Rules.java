package lastgood.core.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lastgood.core.data.SchemaProof.Finding;

/// What an older release stumbles over in a newer schema though all its statements can be planned: what only shows
/// when rows are written. R1 to R15 as in `docs/reference/schema-proof.md`; R0 is what is gone, which statements tell
/// better, R16 what a migration does to values.
///
/// A rule speaks when an old thing changed. It is breaking unless something that can be named makes it harmless:
/// stricter things that were there before, new columns that stay empty, or statements that never write there.
public final class Rules {

    private Rules() {}

    /// What is compared.
    ///
    /// @param uses what the older release does where
    public record Pair(Catalog before, Catalog after, Uses uses, AppRoles app) {

        Widening widening() {
            return new Widening(before, after);
        }

        /// Tables that are there in both, as the newer one has them.
        Stream<Item> oldTables() {
            return after.all(Item.Kind.TABLE).filter(t -> before.find(t.key()).isPresent());
        }

        /// Things of a kind that are there in both, old and new.
        Stream<Both> both(Item.Kind kind) {
            return before.all(kind).flatMap(o -> after.find(o.key()).map(n -> new Both(o, n)).stream());
        }

        Stream<Item> added(Item.Kind kind) {
            return after.all(kind).filter(n -> before.find(n.key()).isEmpty());
        }

        Stream<Item> removed(Item.Kind kind) {
            return before.all(kind).filter(o -> after.find(o.key()).isEmpty());
        }

        boolean isOldTable(List<String> path) {
            return before.find(Item.Kind.TABLE, path).isPresent()
                    && after.find(Item.Kind.TABLE, path).isPresent();
        }

        boolean isNewColumn(List<String> table, String column) {
            return before.columns(table).stream().noneMatch(c -> c.name().equals(column));
        }
    }

    record Both(Item old, Item now) {
        boolean differ(String fact) {
            return !old.fact(fact).equals(now.fact(fact));
        }
    }

    static Finding breaking(String rule, Item about, String what) {
        return finding(rule, about, what, true);
    }

    static Finding harmless(String rule, Item about, String what) {
        return finding(rule, about, what, false);
    }

    static Finding finding(String rule, Item about, String what, boolean breaking) {
        return new Finding(rule, about.kind().word() + " " + about.qualified(), what, breaking);
    }

    /// Breaking ones first.
    public static List<Finding> findings(Pair pair) {
        var all = new ArrayList<Finding>();
        all.addAll(ColumnRules.findings(pair));
        all.addAll(ConstraintRules.findings(pair));
        all.addAll(CodeRules.findings(pair));
        all.addAll(AccessRules.findings(pair));
        all.addAll(OtherRules.findings(pair));
        return all.stream()
                .distinct()
                .sorted(java.util.Comparator.comparing((Finding f) -> !f.breaking()))
                .toList();
    }
}
