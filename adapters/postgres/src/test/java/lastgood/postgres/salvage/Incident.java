package lastgood.postgres.salvage;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import lastgood.core.Digest;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.data.Assessment;
import lastgood.core.data.RowCounts;
import lastgood.engine.port.Fence;
import lastgood.engine.port.database.Repairs.Salvaged;
import lastgood.postgres.sql.Sessions;
import org.jspecify.annotations.Nullable;

/// One story: a database, a damage, later writes; and copies of it from right before and right after the damage.
final class Incident {

    static final ServiceRef SHOP = ServiceRef.parse("test/shop");
    static final Fence FENCE = new Fence(new RunId("rb-0k3f9a2c"), "50-salvage", 1);
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Sessions admin;
    private final String name;
    private final Path spools;
    private boolean hasAfter = true;
    private long xid;
    private Set<String> leave = Set.of();
    private @Nullable Sessions as;
    long blocksFrom = 0;

    Incident(Sessions admin, String name, Path spools) {
        this(admin, name, spools, "");
    }

    Incident(Sessions admin, String name, Path spools, String options) {
        this.admin = admin;
        this.name = name;
        this.spools = spools;
        run(admin, "CREATE DATABASE %s %s".formatted(name, options));
    }

    /// The same story, entered another way.
    Incident(Sessions way, Incident same) {
        this.admin = way;
        this.name = same.name;
        this.spools = same.spools;
    }

    String name() {
        return name;
    }

    Sessions live() {
        return as == null ? admin.on(name).named("lastgood/test") : as;
    }

    Incident as(Sessions other) {
        as = other;
        return this;
    }

    Incident leaving(String table) {
        leave = Set.of(table);
        return this;
    }

    Incident withoutAfter(boolean knowsTheXid) {
        hasAfter = false;
        xid = knowsTheXid ? xid : 0;
        return this;
    }

    private static void run(Sessions on, String... statements) {
        on.in("arrange", LIMIT, s -> {
            s.createStatement().execute("SET search_path = public");
            for (var sql : statements) {
                s.createStatement().execute(sql);
            }
            return true;
        });
    }

    /// Each statement for itself.
    Incident sql(String... statements) {
        run(admin.on(name), statements);
        return this;
    }

    /// All in one transaction, with a copy from before and one from after it.
    Incident damage(String... statements) {
        run(admin, "CREATE DATABASE %s_before TEMPLATE %s".formatted(name, name));
        xid = admin.on(name).change("damage", LIMIT, s -> {
            s.createStatement().execute("SET search_path = public");
            for (var sql : statements) {
                s.createStatement().execute(sql);
            }
            try (var row =
                    s.createStatement().executeQuery("SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)")) {
                row.next();
                return row.getLong(1);
            }
        });
        run(admin, "CREATE DATABASE %s_after TEMPLATE %s".formatted(name, name));
        return this;
    }

    Assessment assess() {
        return new Assessor(spools, InstantSource.system(), blocksFrom)
                .assess(
                        new Assessor.Case(
                                "scratch",
                                "before the migration",
                                admin.on(name + "_before"),
                                hasAfter ? admin.on(name + "_after") : null,
                                live(),
                                xid,
                                leave),
                        _ -> {});
    }

    /// The state before the damage three times: what there is nothing to find in.
    Assessment assessUntouched() {
        var before = admin.on(name + "_before");
        return new Assessor(spools, InstantSource.system(), blocksFrom)
                .assess(new Assessor.Case("scratch", "nowhere", before, before, before, 0, leave), _ -> {});
    }

    Salvager salvager() {
        return new Salvager(_ -> live(), spools);
    }

    void salvage(Digest digest) {
        salvager().salvage(SHOP, "scratch", digest, FENCE);
    }

    Salvaged look(Digest digest) {
        return salvager().salvaged(SHOP, "scratch", digest);
    }

    /// Assesses and salvages.
    Assessment mend() {
        var assessment = assess();
        salvage(assessment.digest());
        return assessment;
    }

    /// Rows as `a|b|…`, in the order that the query has.
    List<String> rows(String query) {
        return rowsOf(admin.on(name), query);
    }

    List<String> before(String query) {
        return rowsOf(admin.on(name + "_before"), query);
    }

    private static List<String> rowsOf(Sessions on, String query) {
        return on.in("read", LIMIT, s -> {
            s.createStatement().execute("SET search_path = public");
            try (var rows = s.createStatement().executeQuery(query)) {
                var all = new ArrayList<String>();
                while (rows.next()) {
                    all.add(line(rows));
                }
                return all;
            }
        });
    }

    private static String line(java.sql.ResultSet rows) throws SQLException {
        var parts = new ArrayList<String>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            parts.add(String.valueOf(rows.getString(i)));
        }
        return String.join("|", parts);
    }

    static RowCounts counts(String table, long repaired, long kept, long conflicts, long lost) {
        return new RowCounts(table, repaired, kept, conflicts, lost);
    }
}
