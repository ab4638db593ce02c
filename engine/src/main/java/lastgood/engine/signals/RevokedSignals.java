package lastgood.engine.signals;

import java.util.List;
import java.util.Optional;
import lastgood.core.LedgerEntry.Revoked;
import lastgood.core.Release;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Trigger;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Signals;

/// Security, by the ledger: what runs was revoked. A person's word is a fact about the release. A program's report is
/// somebody else's rule. One that was revoked before it was put out came back on purpose or behind our back: that is
/// for a person to judge, or a forced deploy would be rolled back by the very thing it was forced against.
final class RevokedSignals implements Signals {

    private final Ledgers ledgers;

    RevokedSignals(Ledgers ledgers) {
        this.ledgers = ledgers;
    }

    @Override
    public Heard hear(Asked asked) {
        var signals = ledgers.read(asked.service()).revoked(asked.release().parts()).stream()
                .map(r -> signal(r, asked.release()))
                .toList();
        return new Heard(signals, List.of());
    }

    private static Signal signal(Revoked revoked, Release release) {
        var before = revoked.at().isBefore(release.at());
        var words = "%s is revoked: %s%s"
                .formatted(release, revoked.why(), before ? "; it was put out again all the same" : "");
        return new Signal(
                Trigger.SECURITY,
                "revoked/" + revoked.key(),
                revoked.by(),
                revoked.at(),
                Optional.empty(),
                revoked.bySomebody() && !before ? Signal.Weight.PROOF : Signal.Weight.SUSPICION,
                words);
    }
}
