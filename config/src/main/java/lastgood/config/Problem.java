package lastgood.config;

import java.util.Comparator;

/// One thing that is wrong with the configuration, in words for the person who has to mend it.
///
/// @param where where it is wrong
/// @param path which key it is about, as in `services.web.local.instances`; empty for the file as a whole
/// @param fact what is wrong, in lower case, without a full stop
/// @param hint a way on; empty if we have none
public record Problem(Origin where, String path, String fact, String hint) {

    /// Top of the file first, so that people mend it in one go down the screen.
    static final Comparator<Problem> IN_READING_ORDER = Comparator.<Problem>comparingInt(p -> line(p.where))
            .thenComparingInt(p -> column(p.where))
            .thenComparing(p -> p.where.toString())
            .thenComparing(Problem::path)
            .thenComparing(Problem::fact);

    /// Without a hint.
    public Problem(Origin where, String path, String fact) {
        this(where, path, fact, "");
    }

    /// `lastgood.yaml:14:5: services.web.tier: 9 is more than 4`, and the hint on a second line if there is one.
    @Override
    public String toString() {
        var what = path.isEmpty() ? fact : path + ": " + fact;
        var line = where.position() + ": " + what;
        return hint.isEmpty() ? line : line + "\n  hint: " + hint;
    }

    private static int line(Origin where) {
        return where instanceof Origin.InFile(var file, var line, var column) ? line : 0;
    }

    private static int column(Origin where) {
        return where instanceof Origin.InFile(var file, var line, var column) ? column : 0;
    }
}
