package lastgood.cli.run;

import java.util.List;
import lastgood.cli.Session;
import lastgood.cli.out.Standings;

/// The releases of a service in a line each, for messages that offer a choice.
final class Releases {

    /// More would push the message itself off the screen.
    private static final int MAX = 8;

    private Releases() {}

    static List<String> lines(Session session) {
        var ledger = session.ports().ledgers().read(session.service());
        return ledger.releases().reversed().stream()
                .limit(MAX)
                .map(r -> "%d  %s  %s  %s"
                        .formatted(
                                r.number(),
                                r.version(),
                                r.revision().digest().brief(),
                                Standings.words(
                                        ledger.standing(r.number()),
                                        session.ports().time().now(),
                                        session.effective().timezone())))
                .toList();
    }
}
