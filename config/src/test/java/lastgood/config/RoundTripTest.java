package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/// What we write, we read back as the same.
class RoundTripTest {

    @Property
    void a_duration(@ForAll @LongRange(min = 0, max = 315_360_000_000L) long millis) {
        var duration = Duration.ofMillis(millis);

        assertThat(Durations.parse(Durations.text(duration))).isEqualTo(new Parsed.Good<>(duration));
    }

    @Property
    void a_port(@ForAll @IntRange(min = 1, max = 65_535) int port) {
        assertThat(Listen.parse("" + port)).isEqualTo(new Parsed.Good<>(new Listen("127.0.0.1", port)));
    }

    @Property
    void the_words_of_a_command_in_the_starter(
            @ForAll @Size(min = 1, max = 4) List<@StringLength(min = 1, max = 20) String> words,
            @ForAll @IntRange(min = 1, max = 65_535) int port) {
        var plain = words.stream().map(word -> word.replace("{", "(")).toList();

        var command = Texts.effective(Starter.local("shop", plain, "", port), "local", "shop", Overrides.none())
                .service()
                .local()
                .command();

        assertThat(command).extracting(Template::text).isEqualTo(plain);
    }
}
