package lastgood.postgres.prove;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.AfterUndo;
import lastgood.core.data.SchemaProof.Finding;
import lastgood.core.data.SchemaProof.Statement;
import lastgood.core.data.SchemaProof.UndoProof;
import lastgood.core.data.SchemaProof.UndoProof.Standing;
import lastgood.core.schema.AppRoles;
import lastgood.core.schema.Attitude;
import lastgood.core.schema.Catalog;
import lastgood.core.schema.Change;
import lastgood.core.schema.DataRules;
import lastgood.core.schema.Item.Kind;
import lastgood.core.schema.Judgement;
import lastgood.core.schema.Quoted;
import lastgood.core.schema.Rules;
import lastgood.core.schema.Sql;
import lastgood.core.schema.Statements;
import lastgood.core.schema.TypedStatement;
import lastgood.core.schema.TypedStatement.Operation;
import lastgood.core.schema.Uses;
import lastgood.core.schema.Widening;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.postgres.catalog.CatalogReader;
import lastgood.postgres.sql.Failures;
import lastgood.postgres.sql.Sessions;

/// Proves whether an older release works on the schema that a newer one leaves, and what the way back would do.
///
/// Two uses: before a release, where the migrations are files and everything happens on a shadow; and at a rollback,
/// where the newer schema is the live one and the older one is known from what was written down at the restore point.
/// Either way, what could not be tried is said and counts as not proved.
public final class Prover {

    private static final Duration STEP = Duration.ofSeconds(30);

    private final Shadows shadows;
    private final InstantSource clock;
    private final Settings settings;

    /// @param roles that the application enters as; without any, nothing can be proved
    /// @param tool of the migrations, as detected; `none` if there is none
    /// @param startsWithMigrations the release runs its tool when it starts
    public record Settings(Set<String> roles, String tool, boolean startsWithMigrations) {
        public Settings {
            roles = Set.copyOf(roles);
        }
    }

    public Prover(Shadows shadows, Settings settings, InstantSource clock) {
        this.shadows = shadows;
        this.settings = settings;
        this.clock = clock;
    }

    /// Where the older schema comes from.
    public sealed interface Base {
        /// A database that has it now.
        record Live(Sessions sessions) implements Base {}

        /// The team's SQL from the beginning.
        record Scripts(List<String> scripts) implements Base {
            public Scripts {
                scripts = List.copyOf(scripts);
            }
        }
    }

    /// What the older release says, if it is not asked of the server.
    ///
    /// @param says its statements, with `$1` for parameters; empty: none are known
    /// @param migrations what comes, oldest first
    public SchemaProof ahead(Base base, List<String> says, List<MigrationSql> migrations) {
        var start = clock.millis();
        var major = base instanceof Base.Live live ? Shadows.major(live.sessions()) : NEWEST;
        try (var shadow = shadows.open(major)) {
            return shadow.sessions()
                    .in("prove on a shadow", STEP, s -> ahead(s, shadow.sessions(), base, says, migrations, start));
        }
    }

    private static final int NEWEST = 18;

    private SchemaProof ahead(
            Connection session,
            Sessions shadow,
            Base base,
            List<String> says,
            List<MigrationSql> migrations,
            long start)
            throws SQLException {
        var gaps = new ArrayList<String>();
        gaps.addAll(prepareBase(session, base));
        var before = CatalogReader.read(session);
        var statements = says.isEmpty() && base instanceof Base.Live live
                ? new Capture(settings.roles()).read(live.sessions())
                : given(session, says);
        var snapshots = new ArrayList<Catalog>(List.of(before));
        for (var migration : migrations) {
            var failure = attempt(session, migration.up());
            if (failure.isPresent()) {
                gaps.add("the way up of %s does not run: %s".formatted(migration.name(), failure.get()));
                break;
            }
            snapshots.add(CatalogReader.read(session));
        }
        var after = snapshots.getLast();
        var uses = Uses.of(statements, before);
        var app = Application.roles(session, settings.roles());
        var findings = new ArrayList<>(Rules.findings(new Rules.Pair(before, after, uses, app)));
        for (var migration : migrations) {
            findings.addAll(DataRules.findings(migration.up(), before, after, uses));
        }
        // A session that has seen the older schema remembers what came back from it; the older release's will be new.
        var answers = shadow.in(
                "say what the older release says", STEP, fresh -> answers(fresh, statements, before, after, true));
        var undoing = clock.millis();
        var undo = snapshots.size() == migrations.size() + 1
                ? wayBack(session, migrations, snapshots)
                : List.<UndoProof>of();
        var left =
                leftBehind(new Recorded(before, statements), migrations, undo, app, shadow, clock.millis() - undoing);
        gaps.addAll(missing(statements));
        return judge(before, after, answers, findings, undo, gaps, start).with(left);
    }

    private List<String> prepareBase(Connection session, Base base) throws SQLException {
        return switch (base) {
            case Base.Live(var sessions) -> {
                var wanted = CatalogReader.read(sessions);
                var app = sessions.look("ask for roles", s -> Application.roles(s, settings.roles()));
                var made = Clone.make(session, wanted, app);
                yield made.exact() ? List.of() : List.of(inexact(made));
            }
            case Base.Scripts(var scripts) -> {
                for (var script : scripts) {
                    var failure = attempt(session, script);
                    if (failure.isPresent()) {
                        yield List.of("the older schema cannot be made: " + failure.get());
                    }
                }
                yield List.of();
            }
        };
    }

    private static String inexact(Clone.Made made) {
        return "the shadow is not exactly like the original: %s%s"
                .formatted(
                        String.join("; ", made.differences().stream().limit(3).toList()),
                        made.failed().isEmpty()
                                ? ""
                                : " (%s)".formatted(made.failed().getFirst()));
    }

    /// At a rollback.
    ///
    /// @param old what was written down before the newer release
    /// @param migrations that came since, oldest first; their ways up need not be known
    public SchemaProof back(Recorded old, Sessions live, List<MigrationSql> migrations) {
        var start = clock.millis();
        var now = CatalogReader.read(live);
        var app = live.look("ask for roles", s -> Application.roles(s, settings.roles()));
        var uses = Uses.of(old.statements(), old.catalog());
        var findings = new ArrayList<>(Rules.findings(new Rules.Pair(old.catalog(), now, uses, app)));
        migrations.forEach(m -> findings.addAll(DataRules.findings(m.up(), old.catalog(), now, uses)));
        var gaps = new ArrayList<>(missing(old.statements()));
        var changes = Change.between(old.catalog(), now);
        List<Statement> answers = List.of();
        List<UndoProof> undo = List.of();
        AfterUndo left = new AfterUndo.Untried();
        if (!changes.isEmpty() || !migrations.isEmpty()) {
            Optional<Tried> tried;
            try {
                tried = Optional.of(
                        onShadow(old, now, app, live, migrations, kept -> Stakes.count(live, changes, kept)));
            } catch (Forbidden | Unreachable e) {
                tried = Optional.empty();
                undo = untried(migrations, "no shadow database: " + String.valueOf(e.getMessage()));
            }
            if (tried.isPresent()) {
                undo = tried.get().undo();
                left = tried.get().left();
            }
            answers = tried.isPresent() && !tried.get().answers().isEmpty()
                    ? tried.get().answers()
                    : live.in("ask for what the older release says", STEP, s -> {
                        s.setReadOnly(true);
                        return answers(s, old.statements(), old.catalog(), now, false);
                    });
        }
        return judge(old.catalog(), now, answers, findings, undo, gaps, start).with(left);
    }

    /// Between two schemas that were both written down, whatever is there now.
    ///
    /// @param newer the schema that a later release left
    /// @param live for the server's version and the roles' rights, which are those of today
    /// @param migrations that came in between, oldest first
    public SchemaProof between(Recorded old, Catalog newer, Sessions live, List<MigrationSql> migrations) {
        var start = clock.millis();
        var app = live.look("ask for roles", s -> Application.roles(s, settings.roles()));
        var uses = Uses.of(old.statements(), old.catalog());
        var findings = new ArrayList<>(Rules.findings(new Rules.Pair(old.catalog(), newer, uses, app)));
        migrations.forEach(m -> findings.addAll(DataRules.findings(m.up(), old.catalog(), newer, uses)));
        var gaps = new ArrayList<>(missing(old.statements()));
        if (Change.between(old.catalog(), newer).isEmpty() && migrations.isEmpty()) {
            return judge(old.catalog(), newer, List.of(), findings, List.of(), gaps, start);
        }
        // No row of that schema is left to be counted.
        var tried = onShadow(old, newer, app, live, migrations, kept -> lost(old.catalog(), newer, kept));
        if (tried.answers().isEmpty()) {
            gaps.add("the newer schema could not be made again, so nothing was asked on it");
        }
        return judge(old.catalog(), newer, tried.answers(), findings, tried.undo(), gaps, start)
                .with(tried.left());
    }

    /// What was written down at a restore point.
    public record Recorded(Catalog catalog, Statements statements) {}

    private record Tried(List<Statement> answers, List<UndoProof> undo, AfterUndo left) {}

    /// The live schema's twin. If it is none, the statements are asked on the live database, and the undo is not tried.
    ///
    /// @param lost what an undo throws away that leaves these tables and columns there, by their paths
    private Tried onShadow(
            Recorded old,
            Catalog now,
            AppRoles app,
            Sessions live,
            List<MigrationSql> migrations,
            Function<Set<List<String>>, List<String>> lost) {
        try (var shadow = shadows.open(Shadows.major(live))) {
            return shadow.sessions().in("prove on a shadow", STEP, s -> {
                var made = Clone.make(s, now, app);
                if (!made.exact()) {
                    return new Tried(List.of(), untried(migrations, inexact(made)), new AfterUndo.Untried());
                }
                var answers = answers(s, old.statements(), old.catalog(), now, true);
                var undoing = clock.millis();
                var owner = owner(s, live);
                var undo = wayBackTo(s, old, migrations, lost, owner.name());
                owner.lower(s);
                return new Tried(
                        answers,
                        undo,
                        leftBehind(old, migrations, undo, app, shadow.sessions(), clock.millis() - undoing));
            });
        }
    }

    /// What a way down makes will belong to whoever undoes it, and a catalog with another owner is not the same
    /// catalog:
    /// on a shadow of our own somebody of that name does it. On somebody else's server nobody is made who may do
    /// everything; there the one who was given stands in.
    private Owner owner(Connection session, Sessions live) throws SQLException {
        if (!shadows.areOurs()) {
            return new Owner("", false);
        }
        var name = live.address().role();
        try (var ask = session.prepareStatement("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = ?");
                var make = session.createStatement()) {
            ask.setString(1, name);
            try (var row = ask.executeQuery()) {
                var there = row.next();
                var everything = there && row.getBoolean(1);
                if (!everything) {
                    make.execute("%s ROLE %s SUPERUSER".formatted(there ? "ALTER" : "CREATE", Quoted.name(name)));
                }
                return new Owner(name, there && !everything);
            }
        }
    }

    /// @param name empty: whoever the session is
    /// @param raised whether it may do more than before: if it is the application's role too, that must not last
    private record Owner(String name, boolean raised) {
        void lower(Connection session) throws SQLException {
            if (raised) {
                try (var make = session.createStatement()) {
                    make.execute("ALTER ROLE %s NOSUPERUSER".formatted(Quoted.name(name)));
                }
            }
        }
    }

    private static List<UndoProof> untried(List<MigrationSql> migrations, String why) {
        return migrations.reversed().stream()
                .map(m -> new UndoProof(m.name(), Standing.UNTRIED, why, List.of()))
                .toList();
    }

    private Statements given(Connection session, List<String> says) throws SQLException {
        var search = Application.search(session, settings.roles());
        var role = settings.roles().stream().sorted().findFirst().orElse("");
        try (var speaker = new Speaker(session, role, search, true)) {
            var all = says.stream()
                    .filter(Speaker::matters)
                    .map(s -> speaker.type(s, 0, role))
                    .toList();
            return new Statements(all, search, all.isEmpty() ? Capture.NOTHING_SAID : "");
        }
    }

    private List<Statement> answers(
            Connection session, Statements statements, Catalog before, Catalog after, boolean throwaway)
            throws SQLException {
        var widening = new Widening(before, after);
        // A search path that a migration changed is the one that the older release will have.
        var search = Application.search(session, settings.roles());
        var all = new ArrayList<Statement>();
        for (var role :
                statements.all().stream().map(TypedStatement::role).distinct().toList()) {
            try (var speaker = new Speaker(session, role, search, throwaway)) {
                statements.all().stream()
                        .filter(s -> s.role().equals(role))
                        .map(s -> byPosition(s, before, after).orElseGet(() -> speaker.answer(s, widening)))
                        .forEach(all::add);
            }
        }
        return all;
    }

    /// An insert without names of columns writes by position, and nothing complains if another column stands there.
    private static Optional<Statement> byPosition(TypedStatement statement, Catalog before, Catalog after) {
        if (!statement.typed() || !Sql.insertsWithoutColumns(statement.sql())) {
            return Optional.empty();
        }
        return statement.touches().stream()
                .filter(t -> t.operation() == Operation.INSERT
                        && after.find(Kind.TABLE, t.table()).isPresent())
                .filter(t -> {
                    var old = names(before, t.table());
                    var now = names(after, t.table());
                    return now.size() < old.size()
                            || !now.subList(0, old.size()).equals(old);
                })
                .findFirst()
                .map(t -> new Statement(
                        statement.sql(),
                        statement.calls(),
                        Statement.Answer.FAILS,
                        "it inserts by position, and the columns of %s stand elsewhere now"
                                .formatted(String.join(".", t.table()))));
    }

    private static List<String> names(Catalog catalog, List<String> table) {
        return catalog.columns(table).stream().map(c -> c.name()).toList();
    }

    private static Optional<String> attempt(Connection session, String script) throws SQLException {
        return attempt(session, script, "");
    }

    private static Optional<String> attempt(Connection session, String script, String as) throws SQLException {
        try {
            ShadowScript.run(session, script, as);
            return Optional.empty();
        } catch (SQLException e) {
            if (session.isClosed()) {
                throw e;
            }
            return Optional.of(Failures.said(e));
        }
    }

    /// Newest first, each compared with what was there before its way up.
    private static List<UndoProof> wayBack(Connection session, List<MigrationSql> migrations, List<Catalog> snapshots)
            throws SQLException {
        var all = new ArrayList<UndoProof>();
        var broken = false;
        for (var i = migrations.size() - 1; i >= 0; i--) {
            var migration = migrations.get(i);
            if (broken) {
                all.add(new UndoProof(migration.name(), Standing.UNTRIED, "a later one cannot be undone", List.of()));
                continue;
            }
            var cannot = cannot(migration);
            if (cannot.isPresent()) {
                all.add(cannot.get());
                broken = true;
                continue;
            }
            var failure = attempt(session, migration.down());
            var lost = lost(snapshots.get(i), snapshots.get(i + 1), Set.of());
            all.add(
                    failure.isPresent()
                            ? new UndoProof(migration.name(), Standing.FAILS, failure.get(), lost)
                            : compared(migration.name(), snapshots.get(i), CatalogReader.read(session), lost));
            broken = failure.isPresent();
        }
        return all;
    }

    /// Where all the ways down have run, what they left: its fingerprint, and what the older release makes of it. In a
    /// session of its own, because one that has seen the newer schema remembers it.
    private AfterUndo leftBehind(
            Recorded old,
            List<MigrationSql> migrations,
            List<UndoProof> undo,
            AppRoles app,
            Sessions shadow,
            long millis) {
        if (undo.isEmpty()
                || !undo.stream().allMatch(u -> u.standing() == Standing.EXACT || u.standing() == Standing.INEXACT)) {
            return new AfterUndo.Untried();
        }
        return shadow.in("say it after the undo", STEP, fresh -> {
            var left = CatalogReader.read(fresh);
            var changes = Change.between(old.catalog(), left);
            if (changes.isEmpty()) {
                return new AfterUndo.Same(left.fingerprint(), millis);
            }
            var uses = Uses.of(old.statements(), old.catalog());
            var findings = new ArrayList<>(Rules.findings(new Rules.Pair(old.catalog(), left, uses, app)));
            for (var migration : migrations) {
                findings.addAll(DataRules.findings(migration.up(), old.catalog(), left, uses));
                findings.addAll(DataRules.findings(migration.down(), old.catalog(), left, uses));
            }
            var answers = answers(fresh, old.statements(), old.catalog(), left, true);
            var judged =
                    Judgement.of(changes, answers, findings, List.of(), List.of(), missing(old.statements()), millis);
            return new AfterUndo.Different(
                    left.fingerprint(), Change.words(changes), judged.verdict(), judged.reasons(), millis);
        });
    }

    private static Optional<UndoProof> cannot(MigrationSql migration) {
        if (migration.downIsCommand()) {
            return Optional.of(new UndoProof(
                    migration.name(), Standing.UNTRIED, "its way down is a command of the team's", List.of()));
        }
        return migration.down().isBlank()
                ? Optional.of(new UndoProof(migration.name(), Standing.MISSING, "it has no way down", List.of()))
                : Optional.empty();
    }

    private static UndoProof compared(String name, Catalog wanted, Catalog got, List<String> lost) {
        var differences = Change.words(Change.between(wanted, got));
        return differences.isEmpty()
                ? new UndoProof(name, Standing.EXACT, "", lost)
                : new UndoProof(name, Standing.INEXACT, String.join("; ", differences), lost);
    }

    /// What a way down throws away, where no rows can be counted.
    private static List<String> lost(Catalog before, Catalog after, Set<List<String>> kept) {
        return Change.words(Change.between(before, after).stream()
                .filter(c -> c instanceof Change.Added
                        && (c.subject().kind() == Kind.TABLE || c.subject().kind() == Kind.COLUMN)
                        && !kept.contains(c.subject().path()))
                .toList());
    }

    /// Only the ends are known: all the ways down, then the comparison with what was written down.
    private static List<UndoProof> wayBackTo(
            Connection session,
            Recorded old,
            List<MigrationSql> migrations,
            Function<Set<List<String>>, List<String>> lost,
            String owner)
            throws SQLException {
        var all = new ArrayList<UndoProof>();
        var there = Survivors.of(session);
        for (var migration : migrations.reversed()) {
            var cannot = cannot(migration);
            if (cannot.isPresent() || all.stream().anyMatch(u -> u.standing() != Standing.EXACT)) {
                all.add(cannot.orElseGet(() ->
                        new UndoProof(migration.name(), Standing.UNTRIED, "a later one cannot be undone", List.of())));
                continue;
            }
            var failure = attempt(session, migration.down(), owner);
            all.add(new UndoProof(
                    migration.name(),
                    failure.isPresent() ? Standing.FAILS : Standing.EXACT,
                    failure.orElse(""),
                    List.of()));
        }
        if (!all.isEmpty() && all.stream().allMatch(u -> u.standing() == Standing.EXACT)) {
            var first = all.removeLast();
            all.add(compared(
                    first.migration(), old.catalog(), CatalogReader.read(session), lost.apply(there.after(session))));
        }
        return all;
    }

    private List<String> missing(Statements statements) {
        var gaps = new ArrayList<String>();
        if (settings.roles().isEmpty()) {
            gaps.add("nobody told which role the application enters as\nhint: `database.roles` in lastgood.yaml");
        }
        if (!statements.complete()) {
            gaps.add(statements.gap());
        }
        return gaps;
    }

    private SchemaProof judge(
            Catalog before,
            Catalog after,
            List<Statement> answers,
            List<Finding> findings,
            List<UndoProof> undo,
            List<String> gaps,
            long start) {
        var changes = Change.between(before, after);
        var breaks = new ArrayList<String>();
        if (settings.startsWithMigrations() && !undo.isEmpty()) {
            var attitude = Attitude.of(settings.tool());
            var what = "the older release runs %s when it starts: %s".formatted(attitude.tool(), attitude.why());
            switch (attitude.standing()) {
                case REFUSES -> breaks.add(what);
                case UNKNOWN -> gaps.add(what);
                case IGNORES -> {}
            }
        }
        return Judgement.of(changes, answers, findings, undo, breaks, gaps, clock.millis() - start);
    }
}
