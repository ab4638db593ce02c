package lastgood.config;

/// A piece of a PromQL expression.
///
/// @param text as written; of a string what stands between its quotes, with escapes undone
/// @param at where it begins, from 0
record PromToken(Kind kind, String text, int at) {

    enum Kind {
        /// A metric, a label, a function or a keyword.
        NAME,
        NUMBER,
        /// As in `5m` or `1h30m`.
        DURATION,
        STRING,
        /// `$window` outside of a string.
        VARIABLE,
        /// An operator or a bracket.
        SIGN,
        END
    }

    boolean is(String sign) {
        return kind == Kind.SIGN && text.equals(sign);
    }

    /// Keywords of PromQL may be written in capitals.
    boolean isWord(String word) {
        return kind == Kind.NAME && text.equalsIgnoreCase(word);
    }

    /// For messages.
    String shown() {
        return switch (kind) {
            case END -> "the end";
            case STRING -> "the text \"%s\"".formatted(Shown.text(text));
            case NAME, NUMBER, DURATION, VARIABLE, SIGN -> "`%s`".formatted(Shown.text(text));
        };
    }
}
