package lastgood.cli.run;

import java.util.List;
import java.util.function.Consumer;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.run.RollbackOptions.Asked;
import lastgood.core.Release;
import lastgood.core.Selection;
import lastgood.core.plan.Facts;
import lastgood.core.plan.Planned;
import lastgood.core.plan.RollbackPlanner;
import lastgood.core.plan.Step;
import lastgood.engine.journal.Codec;

/// A plan that was made just now, and the facts it rests on.
///
/// @param planned what planning came to
record Proposal(Session session, Facts facts, Planned planned) {

    /// @param say gets a line of progress, where a look takes long
    static Proposal rollback(Session session, Asked asked, Consumer<String> say) {
        var policy = session.policy();
        var facts = Look.facts(session, policy, asked, say);
        var request = new RollbackPlanner.Request(
                asked.target(),
                asked.severity(),
                asked.emergency(),
                asked.database(),
                asked.confirmed(),
                asked.behindMaintenance());
        var planned = asked.type().stated(RollbackPlanner.plan(facts, request));
        return of(session, facts, asked.verify() ? planned : unwatched(planned));
    }

    /// With what the platform has to say about it.
    static Proposal of(Session session, Facts facts, Planned planned) {
        return new Proposal(session, facts, BeforeStepOne.look(session, planned));
    }

    private static Planned unwatched(Planned planned) {
        return planned instanceof Planned.Ready(var plan, var remarks)
                ? new Planned.Ready(plan.withoutProof(), remarks)
                : planned;
    }

    /// The plan, if there is one.
    ///
    /// @throws Failure if it was refused
    Planned.Ready ready() {
        return switch (planned) {
            case Planned.Ready ready -> ready;
            case Planned.Refused(var why, var details, var hint) -> throw refusal(why, details, hint);
            case Planned.NothingToDo(var why) -> throw new IllegalStateException("asked before: " + why);
        };
    }

    private static Failure refusal(String why, List<String> details, String hint) {
        // A name that is not there is a mistake of the command line; everything else is a verdict on the world.
        return why.startsWith("there is no release `")
                ? new Failure(lastgood.cli.Exit.USAGE, why, details, Failure.NOTHING_CHANGED, hint)
                : Failure.refused(why, details, hint);
    }

    String digest() {
        return Codec.digest(ready().plan());
    }

    /// The release the plan leads to, as the ledger knows it.
    java.util.Optional<Release> target() {
        return facts.ledger().releases().reversed().stream()
                .filter(r -> ready().plan().steps().stream().anyMatch(s -> leadsTo(s.step(), r)))
                .findFirst();
    }

    private static boolean leadsTo(Step step, Release release) {
        return step instanceof Step.WriteLedger(var _, var notes)
                && notes.stream()
                        .anyMatch(n ->
                                n instanceof lastgood.core.plan.Note.GoLive(var number) && number == release.number());
    }

    /// Newer candidates that were passed over, each with its reason.
    List<String> passedOver(Asked asked) {
        return facts.select(asked.target()) instanceof Selection.Chosen(var _, var _, var rejected)
                ? rejected.stream()
                        .map(r -> "%s (release %d): %s"
                                .formatted(
                                        r.release(),
                                        r.release().number(),
                                        r.standing().words()))
                        .toList()
                : List.of();
    }
}
