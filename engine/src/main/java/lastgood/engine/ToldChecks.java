package lastgood.engine;

import java.time.Instant;
import java.util.Map;
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

    private final Checks platform;
    private final Ledgers ledgers;
    private final Map<ServiceRef, String> whom;

    public ToldChecks(Checks platform, Ledgers ledgers) {
        this(platform, ledgers, Map.of());
    }

    /// @param whom to ask, as people call them: `@support`
    public ToldChecks(Checks platform, Ledgers ledgers, Map<ServiceRef, String> whom) {
        this.platform = platform;
        this.ledgers = ledgers;
        this.whom = Map.copyOf(whom);
    }

    @Override
    public Sample ask(ServiceRef service, Release release, Instant since, boolean full) {
        var sample = platform.ask(service, release, since, full);
        return new Sample(
                sample.results().stream()
                        .map(r -> r.check() == Check.USERS && r.finding() == Finding.UNKNOWN
                                ? told(service, release, r)
                                : r)
                        .toList(),
                sample.full());
    }

    private CheckResult told(ServiceRef service, Release release, CheckResult unknown) {
        try {
            return answer(ledgers.read(service), service, release, unknown);
        } catch (Unreachable e) {
            return CheckResult.unknown(
                    Check.USERS,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("the ledger does not answer"));
        }
    }

    /// @param unknown what was found without a person; of a question that was asked in vain the reason is kept
    private CheckResult answer(Ledger ledger, ServiceRef service, Release release, CheckResult unknown) {
        Optional<LedgerEntry.Told> told = ledger.told(release.number());
        return told.map(t -> new CheckResult(
                        Check.USERS,
                        t.well() ? Finding.PASS : Finding.FAIL,
                        "%s: %s".formatted(t.by(), t.why()),
                        "a person says they are well",
                        "ledger, " + t.at()))
                .orElseGet(
                        () -> unknown.source().isEmpty() ? CheckResult.unknown(Check.USERS, waits(service)) : unknown);
    }

    private String waits(ServiceRef service) {
        var asked = whom.get(service);
        return "%s: lastgood verify users --pass or --fail, with --reason TEXT"
                .formatted(asked == null ? "waiting for a person" : "ask " + asked);
    }
}
