package lastgood.core;

/// Why a person did something, in their words: one line, at most 500 characters, no control
/// characters, because it is printed on terminals and written into records that others read.
public record Reason(String text) {

    private static final int LENGTH_MAX = 500;

    public Reason {
        if (text.isBlank()) {
            throw new InvalidName("the reason is empty: say in one line why");
        }
        if (text.length() > LENGTH_MAX) {
            throw new InvalidName("the reason has %d characters: at most %d".formatted(text.length(), LENGTH_MAX));
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidName(
                    "the reason `%s` has control characters: write one plain line".formatted(Names.printable(text)));
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
