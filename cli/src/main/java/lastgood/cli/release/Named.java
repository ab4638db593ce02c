package lastgood.cli.release;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.core.Ledger;
import lastgood.core.Release;
import lastgood.core.RevisionSelector;
import lastgood.core.Selection;

/// The release that a person names: by version, number, digest, or `previous` and `good`.
final class Named {

    private Named() {}

    static Release in(Ledger ledger, String text) {
        return switch (ledger.select(RevisionSelector.parse(text), java.util.Optional.empty())) {
            case Selection.Chosen(var release, var _, var _) -> release;
            case Selection.AlreadyLive(var release) -> release;
            case Selection.NothingGood _ ->
                throw Failure.refused(
                        "no release of %s is known to be good".formatted(ledger.service()), List.of(), "");
            case Selection.NoSuch(var wanted, var there) ->
                throw new Failure(
                        Exit.USAGE,
                        "there is no release `%s` of %s".formatted(wanted, ledger.service()),
                        there.reversed().stream()
                                .limit(8)
                                .map(r -> line(ledger, r))
                                .toList(),
                        Failure.NOTHING_CHANGED,
                        "name it by version, number or digest");
            case Selection.Ambiguous(var wanted, var matches) ->
                throw new Failure(
                        Exit.USAGE,
                        "`%s` is %d different releases".formatted(wanted, matches.size()),
                        matches.stream().map(r -> line(ledger, r)).toList(),
                        Failure.NOTHING_CHANGED,
                        "name it by number or digest");
        };
    }

    private static String line(Ledger ledger, Release r) {
        return "%d  %s  %s  %s"
                .formatted(
                        r.number(),
                        r.version(),
                        r.revision().digest().brief(),
                        ledger.standing(r.number()).words());
    }
}
