package lastgood.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/// Guesses which known word was meant: "did you mean `triggers`?"
final class Nearest {

    /// Longer words are not typing errors of ours, and the table below grows with the square.
    private static final int LENGTH_MAX = 100;

    private Nearest() {}

    /// The closest of the known words, if it is close enough to be a slip of the fingers: one error in three letters.
    static Optional<String> to(String written, Collection<String> known) {
        if (written.length() > LENGTH_MAX) {
            return Optional.empty();
        }
        var word = written.toLowerCase(Locale.ROOT);
        return new TreeSet<>(known)
                .stream()
                        .filter(candidate -> isNear(word, candidate.toLowerCase(Locale.ROOT)))
                        .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    private static boolean isNear(String word, String candidate) {
        if (letters(word).equals(letters(candidate)) && !word.equals(candidate)) {
            return false; // SEV-5 is not a slip for SEV-1
        }
        var begun = word.length() >= 3 && candidate.startsWith(word); // prod for production
        return begun || distance(word, candidate) <= Math.max(1, candidate.length() / 3);
    }

    private static String letters(String word) {
        return word.replaceAll("[0-9]", "");
    }

    /// As a hint; `otherwise` if nothing is near.
    static String hint(String written, Collection<String> known, String otherwise) {
        return to(written, known).map("did you mean `%s`?"::formatted).orElse(otherwise);
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static int distance(String a, String candidate) {
        var b = candidate.toLowerCase(Locale.ROOT);
        var d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : cheapest(d, a, b, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int cheapest(int[][] d, String a, String b, int i, int j) {
        var same = a.charAt(i - 1) == b.charAt(j - 1);
        var replace = d[i - 1][j - 1] + (same ? 0 : 1);
        var insertOrDelete = Math.min(d[i - 1][j], d[i][j - 1]) + 1;
        var swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        var swap = swapped ? d[i - 2][j - 2] + 1 : Integer.MAX_VALUE;
        return Math.min(swap, Math.min(replace, insertOrDelete));
    }
}
