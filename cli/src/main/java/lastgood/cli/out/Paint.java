package lastgood.cli.out;

/// The few colours, always beside a word or a sign that says the same.
public enum Paint {
    GOOD("32"),
    BAD("31"),
    WARN("33"),
    FAINT("2"),
    BOLD("1");

    private final String code;

    Paint(String code) {
        this.code = code;
    }

    String on(String text) {
        return "\u001b[%sm%s\u001b[0m".formatted(code, text);
    }
}
