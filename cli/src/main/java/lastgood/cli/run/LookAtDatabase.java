package lastgood.cli.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import lastgood.cli.Session;
import lastgood.cli.out.Screen;
import lastgood.core.Ledger;
import lastgood.core.Release;
import lastgood.core.Words;
import lastgood.core.data.Assessment;
import lastgood.core.data.Backup;
import lastgood.core.data.RestorePoint;
import lastgood.core.data.RestoreTime;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.WriteAccess;
import lastgood.core.plan.DatabaseFacts;
import lastgood.core.plan.DatabaseFacts.Damage;
import lastgood.core.plan.DatabaseFacts.Fingerprint;
import lastgood.core.plan.DatabaseFacts.Times;
import lastgood.core.plan.Step;
import lastgood.core.plan.WithDatabase;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Schemas;

/// Gathers what a plan may depend on of the service's database. Reads only, and never for longer than it may: a plan
/// that nobody gets to see helps nobody, and one without these facts says so and is of type 3.
public final class LookAtDatabase {

    /// In an emergency somebody watches users fail meanwhile.
    private static final Duration EMERGENCY_MAX = Duration.ofSeconds(10);

    /// A proof takes seconds, a schema of thousands of tables half a minute; after this somebody holds a lock.
    private static final Duration MAX = Duration.ofMinutes(3);

    private final Session session;
    private final Consumer<String> say;
    private final Duration max;

    public LookAtDatabase(Session session, Consumer<String> say) {
        this(session, say, false);
    }

    LookAtDatabase(Session session, Consumer<String> say, boolean emergency) {
        this.session = session;
        this.say = say;
        this.max = emergency ? EMERGENCY_MAX : MAX;
    }

    /// With respect to a release that may come back.
    ///
    /// @param scratch whose assessment counts; empty: the last one
    public DatabaseFacts before(Ledger ledger, Release target, WithDatabase how, Optional<String> scratch) {
        say.accept("asking the database whether %s works on the schema that is there".formatted(target));
        return known(
                () -> {
                    var history = session.ports().databases().schemas().migrations(session.service());
                    return since(SinceRelease.of(ledger, target, history, points(), undone()));
                },
                () -> damage(how, scratch));
    }

    /// The same, without a wish.
    public DatabaseFacts before(Ledger ledger, Release target) {
        return before(ledger, target, WithDatabase.AUTO, Optional.empty());
    }

    /// What lies between two releases, as it was written down.
    ///
    /// @param from, to the point that was marked first after each of them: the schema that it ran on
    /// @param migrations that came in between, oldest first
    public record Between(Optional<RestorePoint> from, Optional<RestorePoint> to, List<String> migrations) {
        public Between {
            migrations = List.copyOf(migrations);
        }
    }

    public Between between(Ledger ledger, Release older, Release newer) {
        var history = session.ports().databases().schemas().migrations(session.service());
        var points = points();
        var since = SinceRelease.of(ledger, older, history, points, undone());
        var later = SinceRelease.of(ledger, newer, history, points, undone());
        return new Between(
                since.point(),
                later.point(),
                since.oldestFirst().stream()
                        .filter(m -> !later.oldestFirst().contains(m))
                        .toList());
    }

    /// With respect to undoing that migration and all after it; empty if it is not applied.
    public Optional<DatabaseFacts> undoing(Ledger ledger, String migration) {
        var history = session.ports().databases().schemas().migrations(session.service());
        var names = SinceRelease.from(history, migration);
        if (names.isEmpty()) {
            return Optional.empty();
        }
        say.accept("trying on a copy of the schema what undoing would do");
        var point = SinceRelease.before(ledger, history, points(), migration);
        return Optional.of(known(() -> since(new SinceRelease(point, names)), Damage.NotAssessed::new));
    }

    /// For a change that needs no proof.
    public DatabaseFacts asItIs() {
        return known(() -> nothingAsked("nobody asked"), Damage.NotAssessed::new);
    }

    /// For mending what was counted.
    public DatabaseFacts mending(Assessment assessment) {
        return known(() -> nothingAsked("nobody asked"), () -> new Damage.Assessed(assessment));
    }

    /// What stands behind a fact of the schema.
    private record Proved(
            Schemas.State seen, Optional<RestorePoint> point, List<String> newestFirst, SchemaProof proof) {

        Fingerprint target() {
            return point.<Fingerprint>map(p -> new Fingerprint.Of(p.schema())).orElseGet(Fingerprint.Unrecorded::new);
        }
    }

    private record Rest(WriteAccess access, List<Backup> backups, RestoreTime restore, Damage damage) {}

    private DatabaseFacts known(Supplier<Proved> schema, Supplier<Damage> damage) {
        if (!session.hasDatabase()) {
            return new DatabaseFacts.None();
        }
        var proved = CompletableFuture.supplyAsync(schema, session.executor());
        var rest = CompletableFuture.supplyAsync(() -> rest(damage), session.executor());
        try {
            CompletableFuture.allOf(proved, rest).get(max.toMillis(), TimeUnit.MILLISECONDS);
            return facts(proved.join(), rest.join());
        } catch (TimeoutException e) {
            return new DatabaseFacts.Unknown("it did not answer within %s".formatted(Words.duration(max)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new DatabaseFacts.Unknown("asking it was interrupted");
        } catch (ExecutionException e) {
            return unknown(e.getCause() == null ? e : e.getCause());
        }
    }

    private static DatabaseFacts unknown(Throwable why) {
        return switch (why) {
            case Unreachable _, Forbidden _, WorldMoved _ ->
                new DatabaseFacts.Unknown(Screen.plain(
                        String.valueOf(why.getMessage()).lines().findFirst().orElse("")));
            case RuntimeException mistake -> throw mistake;
            case Error mistake -> throw mistake;
            default -> throw new IllegalStateException(why);
        };
    }

    private DatabaseFacts facts(Proved proved, Rest rest) {
        var kept = new BackupsInWords(rest.backups(), session.ports().time().now());
        var lines = backups(kept, rest.damage());
        proved.point().flatMap(RestorePoint::doubt).ifPresent(lines::add);
        return new DatabaseFacts.Known(
                rest.access(),
                proved.seen().schema(),
                proved.proof(),
                proved.target(),
                proved.newestFirst(),
                rest.damage(),
                new Times(kept.taking(), proved.proof().after().took(), rest.restore()),
                lines);
    }

    /// Also that what would be swapped in is older than the team wants it.
    private List<String> backups(BackupsInWords kept, Damage damage) {
        var lines = new ArrayList<>(kept.lines());
        damage.known()
                .flatMap(assessment -> RestoredAge.tooOld(session, assessment))
                .ifPresent(why -> lines.add("the state that was restored is too old to be swapped in: " + why));
        return lines;
    }

    private Proved since(SinceRelease since) {
        var proof = session.questions()
                .prove(session.service(), since.point().map(RestorePoint::name), since.oldestFirst());
        return new Proved(
                session.ports().databases().schemas().look(session.service()),
                since.point(),
                since.oldestFirst().reversed(),
                proof);
    }

    private Proved nothingAsked(String why) {
        return new Proved(
                session.ports().databases().schemas().look(session.service()),
                Optional.empty(),
                List.of(),
                new SchemaProof(
                        SchemaProof.Verdict.UNPROVEN, List.of(why), List.of(), List.of(), List.of(), List.of(), 0));
    }

    private Rest rest(Supplier<Damage> damage) {
        var ports = session.ports().databases();
        return new Rest(
                ports.access().look(session.service()).access(),
                ports.backups().all(session.service()),
                session.questions().restoreTime(session.service()),
                damage.get());
    }

    private Damage damage(WithDatabase how, Optional<String> scratch) {
        return switch (how) {
            case AUTO, NEVER, UNDO, UNDO_INEXACT -> new Damage.NotAssessed();
            case SALVAGE, SWAP ->
                session.questions()
                        .assessed(session.service(), scratch)
                        .<Damage>map(Damage.Assessed::new)
                        .orElseGet(Damage.NotAssessed::new);
        };
    }

    private List<RestorePoint> points() {
        return session.ports().databases().points().all(session.service());
    }

    /// Migrations that runs of ours have undone.
    private Set<String> undone() {
        return session.runs().of(session.service()).stream()
                .flatMap(r -> r.state().plan().steps().stream()
                        .filter(s -> r.state().phase(s.id()) == RunState.StepPhase.DONE)
                        .map(s ->
                                s.step() instanceof Step.UndoMigrations undo ? undo.newestFirst() : List.<String>of()))
                .flatMap(List::stream)
                .collect(Collectors.toSet());
    }
}
