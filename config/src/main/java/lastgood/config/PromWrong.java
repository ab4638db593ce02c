package lastgood.config;

/// Leaves the reading of an expression at the first thing that is wrong; never leaves [Query].
final class PromWrong extends RuntimeException {

    final int at;
    final String fact;
    final String hint;

    /// @param at where in the expression, from 0
    PromWrong(int at, String fact, String hint) {
        super(fact, null, false, false);
        this.at = at;
        this.fact = fact;
        this.hint = hint;
    }
}
