package lastgood.cli.release;

import java.util.regex.Pattern;
import lastgood.cli.Failure;
import lastgood.cli.out.Screen;

/// Names of schema migrations, which travel into records and later into commands.
final class Migrations {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}");

    private Migrations() {}

    static void check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Failure.usage(
                    "migration `%s` is not valid".formatted(Screen.plain(name)),
                    "use letters, digits and `_` `.` `+` `-`, not `-` at the start");
        }
    }
}
