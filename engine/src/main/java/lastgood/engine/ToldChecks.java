package lastgood.engine;

import java.time.Instant;
import java.util.Optional;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.CheckResult.Finding;
import lastgood.core.recover.Sample;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Unreachable;

/// Answers the checklist's "user-reported issues resolved" with what a person has said since the release is live, and
/// leaves the others to the platform. Until somebody has said something it waits; silence is never a pass.
public final class ToldChecks implements Checks {

    private static final String WAITS =
            "waiting for a person: lastgood verify users --pass or --fail, with --reason TEXT";

    private final Checks platform;
    private final Ledgers ledgers;

    public ToldChecks(Checks platform, Ledgers ledgers) {
        this.platform = platform;
        this.ledgers = ledgers;
    }

    @Override
    public Sample ask(ServiceRef service, Release release, Instant since, boolean full) {
        var sample = platform.ask(service, release, since, full);
        return new Sample(
                sample.results().stream()
                        .map(r ->
                                r.check() == Check.USERS && r.finding() == Finding.UNKNOWN ? told(service, release) : r)
                        .toList(),
                sample.full());
    }

    private CheckResult told(ServiceRef service, Release release) {
        try {
            return answer(ledgers.read(service), release);
        } catch (Unreachable e) {
            return CheckResult.unknown(
                    Check.USERS,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("the ledger does not answer"));
        }
    }

    private static CheckResult answer(Ledger ledger, Release release) {
        Optional<LedgerEntry.Told> told = ledger.told(release.number());
        return told.map(t -> new CheckResult(
                        Check.USERS,
                        t.well() ? Finding.PASS : Finding.FAIL,
                        "%s: %s".formatted(t.by(), t.why()),
                        "a person says they are well",
                        "ledger, " + t.at()))
                .orElseGet(() -> CheckResult.unknown(Check.USERS, WAITS));
    }
}
