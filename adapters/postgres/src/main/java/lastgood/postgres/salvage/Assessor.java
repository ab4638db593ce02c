package lastgood.postgres.salvage;

import static lastgood.postgres.salvage.Compared.Side.AFTER;
import static lastgood.postgres.salvage.Compared.Side.BEFORE;
import static lastgood.postgres.salvage.Compared.Side.LIVE;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lastgood.core.data.Assessment;
import lastgood.core.data.Assessment.Conflict;
import lastgood.core.data.Assessment.Way;
import lastgood.core.schema.Quoted;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.salvage.Compared.Side;
import lastgood.postgres.salvage.RowDiff.Image;
import lastgood.postgres.salvage.Spool.Planned;
import lastgood.postgres.salvage.Spool.What;
import lastgood.postgres.sql.Failures;
import lastgood.postgres.sql.Sessions;
import org.jspecify.annotations.Nullable;

/// Counts what a damage did and what it would take to put it back, and writes down exactly that, row by row.
///
/// It changes nothing that stays: on the live database it makes temporary tables, in which the repairs are tried
/// against types, constraints, unique values and foreign keys, and rolls them back.
public final class Assessor {

    /// So many conflicts are shown; all of them are in the spool.
    private static final int SHOWN = 50;

    /// Each round takes rows away, and only a chain of rows that depend on each other needs another one.
    private static final int ROUNDS = 50;

    /// Smaller tables are read in less time than their blocks are compared in.
    private static final long BLOCKS_FROM_BYTES = 16L << 20;

    /// They tell which migrations ran. Putting those back is the migration tool's.
    private static final Set<String> HISTORIES = Set.of(
            "flyway_schema_history",
            "databasechangelog",
            "databasechangeloglock",
            "schema_migrations",
            "pgmigrations",
            "_prisma_migrations",
            "knex_migrations",
            "knex_migrations_lock",
            "alembic_version",
            "django_migrations",
            "atlas_schema_revisions");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Spool spool;
    private final InstantSource clock;
    private final long blocksFromBytes;

    /// @param spools a folder for what is to be put back; the same one that [Salvager] has
    public Assessor(Path spools, InstantSource clock) {
        this(spools, clock, BLOCKS_FROM_BYTES);
    }

    Assessor(Path spools, InstantSource clock, long blocksFromBytes) {
        this.spool = new Spool(spools);
        this.clock = clock;
        this.blocksFromBytes = blocksFromBytes;
    }

    /// What is compared.
    ///
    /// @param scratch name of the scratch, for the assessment
    /// @param point where it stands, for people
    /// @param before the moment before the damage
    /// @param after the moment after the damage, with its commit and nothing later; null: there is none, and much
    /// less can be told
    /// @param damage number of the damaging transaction, with its epoch; 0: not known. Of use only without `after`
    /// @param leave tables (`schema.name`) that nobody is to touch
    public record Case(
            String scratch,
            String point,
            Sessions before,
            @Nullable Sessions after,
            Sessions live,
            long damage,
            Set<String> leave) {
        public Case {
            leave = Set.copyOf(leave);
        }
    }

    public Assessment assess(Case about, Consumer<String> progress) {
        var began = clock.instant();
        var sessions = new EnumMap<Side, Connection>(Side.class);
        try {
            sessions.put(LIVE, Reading.open(about.live(), true));
            sessions.put(BEFORE, Reading.open(about.before(), false));
            if (about.after() != null) {
                sessions.put(AFTER, Reading.open(about.after(), false));
            }
            try (var raw = spool.begin();
                    var fine = spool.begin()) {
                return new Work(about, sessions, raw, fine, progress, began).assess();
            }
        } catch (SQLException e) {
            throw Failures.of("compare the databases", about.live().address(), e);
        } finally {
            sessions.values().forEach(Assessor::close);
        }
    }

    /// What was found stands; a session that does not close well changes nothing about it.
    private static void close(Connection session) {
        try {
            session.close();
        } catch (SQLException _) {
            // It is gone either way.
        }
    }

    /// What one table comes to so far.
    private static final class Tally {
        long planned;
        long kept;
        long conflicts;
        long lost;
        /// Planned rows that were also written since.
        long merged;
        /// Conflicts in rows that hold something of later.
        long swapLoses;

        boolean isEmpty() {
            return planned + kept + conflicts + lost == 0;
        }

        Spool.Counted counted(String title) {
            return new Spool.Counted(title, planned, kept, conflicts, lost);
        }
    }

    /// One assessment, while it is made.
    private final class Work {
        private final Case about;
        private final Map<Side, Connection> sessions;
        private final Spool.Writer raw;
        private final Spool.Writer fine;
        private final Consumer<String> progress;
        private final Instant began;
        private final SortedMap<String, Tally> tallies = new TreeMap<>();
        private final List<Conflict> shown = new ArrayList<>();
        private final List<String> remarks = new ArrayList<>();
        private final Map<Integer, Compared> compared = new TreeMap<>();
        private final Map<Long, Staging.Refused> refused = new HashMap<>();
        private long number;
        /// The next transaction's number, once it was asked for.
        private long next;

        Work(
                Case about,
                Map<Side, Connection> sessions,
                Spool.Writer raw,
                Spool.Writer fine,
                Consumer<String> progress,
                Instant began) {
            this.about = about;
            this.sessions = sessions;
            this.raw = raw;
            this.fine = fine;
            this.progress = progress;
            this.began = began;
        }

        private Connection on(Side side) {
            return java.util.Objects.requireNonNull(sessions.get(side));
        }

        Assessment assess() throws SQLException {
            refuseIfTextsDiffer();
            if (about.after() == null) {
                remarks.add("there is no image from right after the damage: only rows that still bear its transaction's"
                        + " number are put back, and whatever else differs is left to you");
            }
            scanAll();
            raw.flush();
            var scanned = clock.instant();
            var live = Tables.read(on(LIVE));
            tryOut(live);
            var tried = Duration.between(scanned, clock.instant());
            remarks.add("large objects are not compared and not put back");
            return write(tried);
        }

        private void refuseIfTextsDiffer() throws SQLException {
            var encodings = new java.util.TreeSet<String>();
            for (var session : sessions.values()) {
                encodings.add(Reading.encoding(session));
            }
            if (encodings.size() > 1) {
                throw new Forbidden(
                        "the databases have different encodings (%s): their rows cannot be compared\nnothing was changed"
                                .formatted(String.join(", ", encodings)));
            }
        }

        private int oldestVersion() throws SQLException {
            int oldest = Integer.MAX_VALUE;
            for (var session : sessions.values()) {
                oldest = Math.min(oldest, Reading.version(session));
            }
            return oldest;
        }

        private void scanAll() throws SQLException {
            var before = Tables.read(on(BEFORE));
            var after = about.after() == null ? new TreeMap<String, Table>() : Tables.read(on(AFTER));
            var live = Tables.read(on(LIVE));
            var version = oldestVersion();
            var scan = new TableScan(sessions, blocksFromBytes);
            var titles = new java.util.TreeSet<>(before.keySet());
            titles.addAll(live.keySet());
            for (var title : titles) {
                if (isLeft(title)) {
                    continue;
                }
                var was = before.get(title);
                var is = live.get(title);
                if (was == null && is != null) {
                    cameWithTheDamage(title, is);
                } else if (is == null && was != null) {
                    isGone(title, was, after.containsKey(title));
                } else if (was != null && is != null) {
                    compare(scan, was, after.get(title), is, version);
                }
            }
        }

        private boolean isLeft(String title) {
            var name = title.substring(title.indexOf('.') + 1);
            if (HISTORIES.contains(name)) {
                remarks.add(title + " tells which migrations ran: left to the migration tool");
                return true;
            }
            return about.leave().contains(title);
        }

        private Tally tally(String title) {
            return tallies.computeIfAbsent(title, _ -> new Tally());
        }

        private void cameWithTheDamage(String title, Table is) throws SQLException {
            var rows = Reading.number(on(LIVE), "SELECT count(*) FROM " + is.from());
            if (rows > 0) {
                tally(title).kept += rows;
                remarks.add("%s was not there before the damage: its %d rows are kept".formatted(title, rows));
            }
        }

        private void isGone(String title, Table was, boolean droppedLater) throws SQLException {
            var rows = Reading.number(on(BEFORE), "SELECT count(*) FROM " + was.from());
            tally(title).lost += rows;
            remarks.add("%s is gone%s: its %d rows cannot be put back until it is there again"
                    .formatted(title, droppedLater ? ", and not by the damage" : "", rows));
        }

        private void compare(TableScan scan, Table was, @Nullable Table hurt, Table is, int version)
                throws SQLException {
            var title = is.title();
            progress.accept("comparing " + title);
            lostColumns(was, hurt, is);
            var key = Compared.commonKey(was, hurt, is);
            var readable = readable(was, hurt, is);
            if (key.isEmpty()) {
                withoutKey(scan, Compared.of(was, hurt, is, new Table.Key(List.of()), readable, version));
                return;
            }
            var table = Compared.of(was, hurt, is, key.get(), readable, version);
            var index = compared.size();
            compared.put(index, table);
            scan.scan(table, about.after() != null, new Found(index, table));
        }

        /// Columns that the damage dropped and nobody made again; and those that it brought.
        private void lostColumns(Table was, @Nullable Table hurt, Table is) throws SQLException {
            var gone = was.columns().stream()
                    .filter(c -> !c.generated() && is.column(c.name()).isEmpty())
                    .map(Table.Column::name)
                    .toList();
            if (!gone.isEmpty()) {
                var rows = Reading.number(
                        on(BEFORE),
                        "SELECT count(*) FROM %s t WHERE %s"
                                .formatted(
                                        was.from(),
                                        gone.stream()
                                                .map(c -> "t.%s IS NOT NULL".formatted(Quoted.name(c)))
                                                .collect(Collectors.joining(" OR "))));
                tally(is.title()).lost += rows;
                remarks.add("%s has no column %s any more: %d rows had something there; make the column again first"
                        .formatted(is.title(), String.join(", ", gone), rows));
            }
            var brought = is.columns().stream()
                    .filter(c -> was.column(c.name()).isEmpty() && !c.generated())
                    .map(Table.Column::name)
                    .toList();
            if (!brought.isEmpty() && hurt != null) {
                remarks.add("%s came to %s since: what is in it is kept and not counted"
                        .formatted(String.join(", ", brought), is.title()));
            }
        }

        private BiPredicate<Side, Table.Column> readable(Table was, @Nullable Table hurt, Table is)
                throws SQLException {
            var tables = new EnumMap<Side, Table>(Side.class);
            tables.put(LIVE, is);
            if (hurt != null) {
                tables.put(AFTER, hurt);
            }
            var fine = new java.util.HashSet<String>();
            for (var column : was.columns()) {
                for (var side : tables.entrySet()) {
                    var there = side.getValue().column(column.name());
                    if (there.isPresent()
                            && !there.get().type().equals(column.type())
                            && reads(side.getKey(), side.getValue(), column)) {
                        fine.add(side.getKey() + " " + column.name());
                    }
                }
            }
            return (side, column) -> fine.contains(side + " " + column.name());
        }

        private boolean reads(Side side, Table table, Table.Column column) throws SQLException {
            var session = on(side);
            var point = session.setSavepoint();
            try {
                Reading.number(
                        session,
                        "SELECT count(CAST(CAST(t.%s AS text) AS %s)) FROM %s t"
                                .formatted(Quoted.name(column.name()), column.type(), table.from()));
                return true;
            } catch (SQLException e) {
                session.rollback(point);
                var state = String.valueOf(e.getSQLState());
                if (!state.startsWith("22") && !state.startsWith("23") && !state.startsWith("42")) {
                    throw e;
                }
                return false;
            }
        }

        private void withoutKey(TableScan scan, Compared table) throws SQLException {
            var tally = tally(table.title());
            scan.scanContents(table, c -> {
                if (about.after() == null) {
                    tally.conflicts += Math.max(0, c.before() - c.now());
                    tally.kept += Math.max(0, c.now() - c.before());
                    return;
                }
                var missing = Math.max(0, c.before() - c.after());
                tally.lost += Math.max(0, missing - Math.max(0, c.now() - c.after()));
                tally.kept += Math.max(0, c.now() - Math.max(c.after(), c.before()));
            });
            if (tally.lost + tally.conflicts > 0) {
                remarks.add(("%s has no primary key and no other unique one: %d of its rows are not as they were, and"
                                + " nobody can tell which row now was which then; put them back by hand")
                        .formatted(table.title(), tally.lost + tally.conflicts));
            }
        }

        /// Decides about each row, and writes down what is to be done.
        private final class Found implements TableScan.Visitor {
            private final int index;
            private final Compared table;
            private final Tally tally;

            Found(int index, Compared table) throws SQLException {
                this.index = index;
                this.table = table;
                this.tally = tally(table.title());
            }

            @Override
            public void later(boolean inserted) {
                tally.kept++;
            }

            @Override
            public void suspect(
                    List<String> key,
                    @Nullable Image before,
                    @Nullable Image after,
                    @Nullable Image now,
                    String stamp,
                    long xmin)
                    throws SQLException {
                var diff = about.after() == null
                        ? RowDiff.twoWay(before, now, writer(xmin))
                        : RowDiff.of(before, after, now);
                switch (diff) {
                    case RowDiff.Same() -> {}
                    case RowDiff.Kept() -> tally.kept++;
                    case RowDiff.Insert() -> plan(What.INSERT, key, before, ones(), stamp);
                    case RowDiff.Delete() -> plan(What.DELETE, key, null, "", stamp);
                    case RowDiff.Update(var columns, var merged) -> {
                        tally.merged += merged ? 1 : 0;
                        plan(What.UPDATE, key, before, mask(columns), stamp);
                    }
                    case RowDiff.Conflict(var why) -> {
                        tally.conflicts++;
                        tally.swapLoses++;
                        dispute(table, key, why, before, after, now);
                    }
                }
            }

            private String ones() {
                return "1".repeat(table.columns().size());
            }

            private String mask(java.util.BitSet columns) {
                return IntStream.range(0, table.columns().size())
                        .mapToObj(i -> columns.get(i) ? "1" : "0")
                        .collect(Collectors.joining());
            }

            private void plan(What what, List<String> key, @Nullable Image before, String mask, String stamp) {
                tally.planned++;
                var values = new ArrayList<@Nullable String>();
                for (int i = 0; i < table.columns().size(); i++) {
                    values.add(
                            before != null && i < mask.length() && mask.charAt(i) == '1'
                                    ? before.values().get(i)
                                    : null);
                }
                raw.write(Spool.Line.of(new Planned(index, ++number, what, key, mask, values, stamp)));
            }
        }

        private RowDiff.Writer writer(long xmin) throws SQLException {
            if (next == 0) {
                next = Reading.number(
                        on(LIVE), "SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)");
            }
            // Numbers come round every 2^32: older than half of that, the same number may be somebody else's.
            if (about.damage() == 0 || next - about.damage() > Integer.MAX_VALUE) {
                return RowDiff.Writer.UNKNOWN;
            }
            var distance = (int) (xmin - about.damage());
            return distance == 0
                    ? RowDiff.Writer.THE_DAMAGE
                    : distance > 0 ? RowDiff.Writer.SOMEBODY_LATER : RowDiff.Writer.UNKNOWN;
        }

        private void dispute(
                Compared table,
                List<String> key,
                String why,
                @Nullable Image before,
                @Nullable Image after,
                @Nullable Image now) {
            var differ = IntStream.range(0, table.columns().size())
                    .filter(i -> java.util.stream.Stream.of(before, after, now)
                                    .filter(java.util.Objects::nonNull)
                                    .map(image -> String.valueOf(image.values().get(i)))
                                    .distinct()
                                    .count()
                            > 1)
                    .boxed()
                    .toList();
            var conflict = new Conflict(
                    table.title(),
                    keyText(table.key().columns(), key),
                    json(table, before, differ),
                    json(table, after, differ),
                    json(table, now, differ));
            show(conflict, why);
        }

        private void show(Conflict c, String why) {
            if (shown.size() < SHOWN) {
                shown.add(c);
            }
            fine.write(Spool.Line.of(new Spool.Disputed(c.table(), c.key(), why, c.before(), c.damaged(), c.now())));
        }

        private String json(Compared table, @Nullable Image image, List<Integer> columns) {
            if (image == null) {
                return "";
            }
            var node = JSON.createObjectNode();
            // A row of which no column differs is shown whole: it is there in one database and not in another.
            var which = columns.isEmpty()
                    ? IntStream.range(0, table.columns().size()).boxed().toList()
                    : columns;
            which.forEach(
                    i -> node.put(table.columns().get(i).name(), image.values().get(i)));
            return node.toString();
        }

        /// Makes the repairs in temporary tables and takes out of the plan what cannot be.
        private void tryOut(SortedMap<String, Table> live) throws SQLException {
            progress.accept("trying %d repairs".formatted(number));
            var staging = new Staging(on(LIVE));
            staging.load(live, reader -> {
                for (var entry : entries()) {
                    reader.line(Spool.Line.of(entry));
                }
                readRaw(reader);
            });
            for (var staged : staging.tables().values()) {
                staging.takeUp(staged);
                take(staging, staged, staging.makeFresh(staged), true);
            }
            var keys = Obstacles.foreignKeys(on(LIVE));
            for (int round = 0; meets(staging, keys); round++) {
                if (round == ROUNDS) {
                    throw new Forbidden(
                            "the repairs depend on each other in more than %d steps: salvage cannot tell what is safe\nnothing was changed\nhint: swap the scratch in, or put the rows back by hand"
                                    .formatted(ROUNDS));
                }
            }
        }

        private boolean meets(Staging staging, List<Obstacles.ForeignKey> keys) throws SQLException {
            var any = false;
            for (var staged : staging.tables().values()) {
                any |= take(staging, staged, Obstacles.taken(staging, staged), false);
            }
            for (var key : keys) {
                var child = Obstacles.find(staging, key.table());
                if (child.isPresent()) {
                    any |= take(staging, child.get(), Obstacles.withoutParent(staging, key, false), false);
                }
                var parent = Obstacles.find(staging, key.references());
                if (parent.isPresent()) {
                    any |= take(staging, parent.get(), Obstacles.leavesChildren(staging, key, false), false);
                }
            }
            return any;
        }

        private boolean take(Staging staging, Staging.Staged staged, List<Staging.Refused> some, boolean lost)
                throws SQLException {
            if (some.isEmpty()) {
                return false;
            }
            staging.withdraw(staged, some);
            var tally = tally(staged.live().title());
            for (var one : some) {
                if (refused.putIfAbsent(one.n(), one) == null) {
                    tally.planned--;
                    tally.lost += lost ? 1 : 0;
                    tally.conflicts += lost ? 0 : 1;
                }
            }
            if (lost) {
                remarks.add("%d rows of %s cannot be put back: %s"
                        .formatted(
                                some.size(),
                                staged.live().title(),
                                some.getFirst().why()));
            }
            return true;
        }

        private List<Spool.Entry> entries() {
            return compared.entrySet().stream()
                    .filter(e -> tally(e.getValue().title()).planned > 0)
                    .map(e -> new Spool.Entry(
                            e.getKey(),
                            e.getValue().live().schema(),
                            e.getValue().live().name(),
                            e.getValue().key().columns(),
                            e.getValue().columns().stream()
                                    .map(c -> new Spool.Typed(c.name(), c.type()))
                                    .toList()))
                    .toList();
        }

        private void readRaw(Spool.Reader reader) throws SQLException {
            try {
                Spool.read(raw.file(), reader);
            } catch (IOException e) {
                throw Spool.cannot("read", e);
            }
        }

        private Assessment write(Duration tried) throws SQLException {
            fine.write(Spool.Line.of(new Spool.Head(1, about.scratch(), about.point())));
            var entries = entries();
            entries.forEach(e -> fine.write(Spool.Line.of(e)));
            readRaw(line -> {
                var row = java.util.Objects.requireNonNull(line.row());
                var no = refused.get(row.n());
                if (no == null) {
                    fine.write(line);
                } else {
                    disputeRefused(row, no.why());
                }
            });
            tallies.values().removeIf(Tally::isEmpty);
            tallies.forEach((title, t) -> fine.write(Spool.Line.of(t.counted(title))));
            var digest = fine.finish();
            return new Assessment(
                    about.scratch(),
                    about.point(),
                    tallies.entrySet().stream()
                            .map(t -> t.getValue().counted(t.getKey()).counts())
                            .toList(),
                    shown,
                    ways(tried),
                    digest,
                    remarks.stream().distinct().toList());
        }

        private void disputeRefused(Planned row, String why) {
            var table = java.util.Objects.requireNonNull(compared.get(row.table()));
            var before = JSON.createObjectNode();
            for (int i = 0; i < row.mask().length(); i++) {
                if (row.mask().charAt(i) == '1') {
                    before.put(table.columns().get(i).name(), row.values().get(i));
                }
            }
            var key = keyText(table.key().columns(), row.key()) + ": " + why;
            show(new Conflict(table.title(), key, before.isEmpty() ? "" : before.toString(), "", ""), why);
        }

        private List<Way> ways(Duration tried) {
            var conflicts = sum(t -> t.conflicts);
            // A swap takes back everything that was written since, in rows that were damaged as well.
            var later = sum(t -> t.kept + t.merged + t.swapLoses);
            // Salvaging makes the same temporary tables once more and then moves as many rows.
            var predicted = tried.multipliedBy(2);
            var salvage = new Way(Way.Kind.SALVAGE, sum(t -> t.lost), conflicts, predicted, predicted.isZero());
            var swap = new Way(Way.Kind.SWAP, later, 0, Duration.ZERO, true);
            progress.accept("compared in %d ms"
                    .formatted(Duration.between(began, clock.instant()).toMillis()));
            return java.util.stream.Stream.of(salvage, swap)
                    .sorted(Comparator.comparingLong(Way::lost).thenComparing(Way::kind))
                    .toList();
        }

        private long sum(java.util.function.ToLongFunction<Tally> of) {
            return tallies.values().stream().mapToLong(of).sum();
        }
    }

    private static String keyText(List<String> names, List<String> values) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> names.get(i) + "=" + values.get(i))
                .collect(Collectors.joining(", "));
    }
}
