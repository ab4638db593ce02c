package lastgood.cli.look;

import java.time.Duration;
import lastgood.cli.Failure;
import lastgood.cli.out.Screen;
import lastgood.config.Durations;

/// `--since 90d`: how far back to look.
final class Since {

    private Since() {}

    static Duration parse(String text) {
        return Durations.parse(text).orElse(bad -> {
            throw Failure.usage("--since: " + Screen.plain(bad.fact()), bad.hint());
        });
    }
}
