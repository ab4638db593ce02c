package lastgood.core.decide;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import lastgood.core.Words;
import lastgood.core.decide.Decision.Act;
import lastgood.core.decide.Situation.Stage;
import lastgood.core.decide.Situation.Way;
import lastgood.core.detect.Assessment;
import lastgood.core.detect.Price;
import lastgood.core.plan.Plan;

/// What stands between a proof and a rollback: its price, the way back, and the rules against flapping.
final class Restraint {

    private static final Duration DAY = Duration.ofHours(24);

    private final Situation s;

    Restraint(Situation s) {
        this.s = s;
    }

    /// A reason to do less than to roll back.
    ///
    /// @param instead what is done then
    record Instead(Act instead, String why) {}

    /// What holds for everybody, with a person or without.
    ///
    /// @param byCounts whether the counts are the only proof
    Optional<Instead> ofRollback(boolean byCounts) {
        if (s.way() instanceof Way.Nowhere(var why)) {
            return instead(Act.PAGE, "there is no release to go back to: " + why);
        }
        if (s.past().isItselfARollback()) {
            return instead(
                    Act.PAGE,
                    "%s is running because of a rollback: going back further helps rarely".formatted(running()));
        }
        if (lastOneDidNotHelp()) {
            return instead(Act.PAGE, "the last automatic rollback did not help: a second one would not either");
        }
        if (!canary() && s.way() instanceof Way.To(var target, var good, var _, var _) && !good) {
            return instead(Act.PAGE, "%s is not known to be good".formatted(target));
        }
        if (!byCounts) {
            return Optional.empty();
        }
        if (s.stage() == Stage.SETTLED) {
            return instead(
                    Act.PAGE,
                    "the watch of %s ended well: what breaks now is more likely something else".formatted(running()));
        }
        return s.assessment().flatMap(this::tooLittle);
    }

    private Optional<Instead> tooLittle(Assessment a) {
        if (!paid(a)) {
            return instead(
                    Act.PREPARE,
                    "%s asks for more proof: %s of %s"
                            .formatted(priced(), odds(a.evidence().peak()), odds(needed())));
        }
        if (!a.suspicion().isActive()) {
            return instead(Act.PREPARE, "it was proved, and is not seen any more");
        }
        return Optional.empty();
    }

    private static Optional<Instead> instead(Act act, String why) {
        return Optional.of(new Instead(act, why));
    }

    /// Why a rollback that is right needs a person all the same; empty = it does not.
    List<String> needsAPerson(ApprovalRule approval, boolean blamed) {
        var why = new ArrayList<String>();
        if (!blamed) {
            why.add("nothing proves that it is this release");
        }
        if (s.stage() == Stage.SETTLED) {
            why.add("the watch of %s is over".formatted(running()));
        }
        if (s.way() instanceof Way.To(var target, var good, var type, var lost)) {
            if (type == Plan.Type.TYPE_3) {
                why.add("a rollback of Type 3 always needs one");
            } else if (!(approval instanceof ApprovalRule.After)
                    && !s.rules().automaticTypes().contains(type)) {
                // Where the matrix says "at once, approval afterwards", that is the policy.
                why.add("policy.automatic does not allow rollbacks of %s here".formatted(words(type)));
            }
            if (!lost.isEmpty()) {
                why.add("data would be lost: " + String.join("; ", lost));
            }
            if (!good && !canary()) {
                why.add("%s is not known to be good".formatted(target));
            }
        }
        if (s.protectedEnvironment() && approval instanceof ApprovalRule.Before(var role, var _, var _)) {
            why.add("the environment is protected, and %s approves before anything is changed".formatted(role));
        }
        flapping().ifPresent(why::add);
        return why;
    }

    private Optional<String> flapping() {
        if (s.past().isItselfARollback()) {
            return Optional.of("no rollback is rolled back automatically");
        }
        if (s.past().rollbacks().stream().anyMatch(Situation.Automatic::thisIncident)) {
            return Optional.of("one automatic rollback was done for this incident already");
        }
        return s.past().rollbacks().stream()
                .map(r -> s.rules().cooldown().minus(Duration.between(r.at(), s.now())))
                .filter(left -> left.isPositive())
                .max(Duration::compareTo)
                .map(left -> "the last automatic rollback is recent: %s of %s to wait"
                        .formatted(
                                Words.duration(left), Words.duration(s.rules().cooldown())));
    }

    private boolean lastOneDidNotHelp() {
        var all = s.past().rollbacks();
        return !all.isEmpty() && !all.getLast().helped();
    }

    // ---- the price

    private boolean canary() {
        return s.stage() == Stage.CANARY && s.rules().triggers().canary().enabled();
    }

    boolean paid(Assessment a) {
        return a.evidence().peak() >= needed();
    }

    /// ln(1/alpha) of the rollback that would be done now.
    double needed() {
        return -StrictMath.log(alpha());
    }

    double alpha() {
        var own = canary() ? s.rules().triggers().canary().alpha() : price().alpha();
        return Price.halved(own, earlierToday());
    }

    private Price price() {
        return switch (s.way()) {
            case Way.To(var _, var _, var type, var _) ->
                switch (type) {
                    case TYPE_1 -> Price.TYPE_1;
                    case TYPE_2 -> Price.TYPE_2;
                    case TYPE_3 -> Price.TYPE_3;
                };
            case Way.Nowhere _ -> Price.TYPE_3;
        };
    }

    int earlierToday() {
        return (int) s.past().rollbacks().stream()
                .filter(r -> Duration.between(r.at(), s.now()).compareTo(DAY) < 0)
                .count();
    }

    /// `a rollback of Type 1`, `the 2nd automatic rollback within 24 h`
    String priced() {
        var what = canary()
                ? "taking a canary out"
                : s.way() instanceof Way.To(var _, var _, var type, var _)
                        ? "a rollback of " + words(type)
                        : "a rollback";
        var earlier = earlierToday();
        return earlier == 0 ? what : "%s, after %d automatic within 24 h,".formatted(what, earlier);
    }

    static String words(Plan.Type type) {
        return switch (type) {
            case TYPE_1 -> "Type 1";
            case TYPE_2 -> "Type 2";
            case TYPE_3 -> "Type 3";
        };
    }

    /// Evidence as people bet: `1000 to 1`.
    static String odds(double nats) {
        if (nats > StrictMath.log(1e9)) {
            return "more than a billion to 1";
        }
        return String.format(
                Locale.ROOT, "%,d to 1", (long) Math.floor(StrictMath.exp(Math.max(0, nats)) * (1 + 1e-9)));
    }

    private String running() {
        return s.running().toString();
    }
}
