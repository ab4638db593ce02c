package lastgood.cli.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import lastgood.cli.out.Screen;
import lastgood.cli.out.When;
import lastgood.core.Words;
import lastgood.core.data.Backup;

/// How it stands with backups: which one there would be to go back to, and whether anyone ever tried.
///
/// @param all newest first
public record BackupsInWords(List<Backup> all, Instant now) {

    /// Older rehearsals tell of another size of the database.
    private static final int REHEARSALS_MAX = 10;

    public BackupsInWords {
        all = List.copyOf(all);
    }

    public List<String> lines() {
        var lines = new ArrayList<String>();
        var newest = newestVerified();
        lines.add(newest.map(this::line).orElse(all.isEmpty() ? "there is none" : "none was ever read back"));
        newest.filter(b -> b.proof() instanceof Backup.Proof.Vouched)
                .ifPresent(b -> lines.add(
                        "nobody has read it back: that it is there is the provider's word (%s)".formatted(b.kind())));
        all.stream()
                .filter(b -> b.proof() instanceof Backup.Proof.Broken
                        && newest.filter(n -> n.finished().isAfter(b.finished()))
                                .isEmpty())
                .findFirst()
                .ifPresent(b -> lines.add("%s cannot be read back".formatted(Screen.plain(b.name()))));
        var took = rehearsals();
        lines.add(
                took.isEmpty()
                        ? "UNPROVEN: none was ever restored here, so nobody knows whether that works or how long it takes"
                        : "restoring took %s (median of %s; worst %s)"
                                .formatted(
                                        Words.duration(median(took)),
                                        Words.count(took.size(), "rehearsal"),
                                        Words.duration(took.getLast())));
        return lines;
    }

    /// The newest one that can be relied on, as far as its provider lets anybody find out.
    public Optional<Backup> newestVerified() {
        return all.stream().filter(BackupsInWords::isReliedOn).findFirst();
    }

    private static boolean isReliedOn(Backup b) {
        return switch (b.proof()) {
            case Backup.Proof.Verified _, Backup.Proof.Vouched _ -> true;
            case Backup.Proof.Unverified _, Backup.Proof.Broken _ -> false;
        };
    }

    private String line(Backup b) {
        return "newest %s: %s%s, %s, %s, %s"
                .formatted(
                        b.proof() instanceof Backup.Proof.Vouched ? "on trust" : "verified",
                        Screen.plain(b.name()),
                        b.alias().isEmpty() ? "" : " (%s)".formatted(Screen.plain(b.alias())),
                        When.ago(b.finished(), now),
                        b.kind(),
                        sizeOf(b));
    }

    /// Not every provider says.
    public static String sizeOf(Backup b) {
        return b.bytes() == 0 ? "size not told" : size(b.bytes());
    }

    /// How long taking one took here; zero where none was.
    Duration taking() {
        var took = all.stream()
                .filter(b -> b.finished().isAfter(b.started()))
                .limit(REHEARSALS_MAX)
                .map(b -> Duration.between(b.started(), b.finished()))
                .sorted()
                .toList();
        return took.isEmpty() ? Duration.ZERO : median(took);
    }

    /// Shortest first.
    private List<Duration> rehearsals() {
        return all.stream()
                .flatMap(b -> b.rehearsal() instanceof Backup.Rehearsal.Restored(var _, var took, var _)
                        ? Stream.of(took)
                        : Stream.empty())
                .limit(REHEARSALS_MAX)
                .sorted()
                .toList();
    }

    private static Duration median(List<Duration> sorted) {
        return sorted.get((sorted.size() - 1) / 2);
    }

    public static String size(long bytes) {
        return Words.bytes(bytes);
    }
}
