package lastgood.cli.run;

import lastgood.cli.out.Screen;

/// Text from outside, made fit for a line.
final class Texts {

    /// Three lines on a usual terminal.
    private static final int BRIEF = 240;

    private Texts() {}

    static String brief(String text) {
        var plain = Screen.plain(text);
        return plain.length() <= BRIEF ? plain : plain.substring(0, BRIEF - 1) + "…";
    }
}
