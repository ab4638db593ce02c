package lastgood.cli;

import java.util.ArrayList;
import java.util.List;

/// Why a command ends here, in words for the person who typed it: the fact, the consequence, a way on.
public final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Said unless something was.
    public static final String NOTHING_CHANGED = "nothing was changed";

    private final Exit exit;
    private final transient List<String> details;
    private final String consequence;
    private final String hint;

    /// @param details lines below the fact, such as what there is to choose from
    /// @param consequence what it means for production
    /// @param hint a way on; empty if there is none
    public Failure(Exit exit, String fact, List<String> details, String consequence, String hint) {
        super(fact, null, false, false);
        this.exit = exit;
        this.details = List.copyOf(details);
        this.consequence = consequence;
        this.hint = hint;
    }

    public Failure(Exit exit, String fact, String hint) {
        this(exit, fact, List.of(), NOTHING_CHANGED, hint);
    }

    public static Failure usage(String fact, String hint) {
        return new Failure(Exit.USAGE, fact, hint);
    }

    public static Failure refused(String fact, List<String> details, String hint) {
        return new Failure(Exit.REFUSED, fact, details, NOTHING_CHANGED, hint);
    }

    public Exit exit() {
        return exit;
    }

    public String fact() {
        return String.valueOf(getMessage());
    }

    public List<String> details() {
        return details;
    }

    /// As printed on stderr.
    public List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(fact());
        details.forEach(d -> lines.add("  " + d));
        if (!consequence.isEmpty() && !fact().contains(consequence)) {
            lines.add(consequence);
        }
        if (!hint.isEmpty()) {
            lines.add("hint: " + hint);
        }
        return lines;
    }
}
