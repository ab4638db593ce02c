package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whatever is in the file, the answer is a catalogue or problems; never an exception, never silence.
class TotalReadingTest {

    static final String SHOP = """
            services:
              shop:
                local: { command: [./shop, "{port}"], listen: "127.0.0.1:8081", env: { A: { file: a } }, config: [a/b.conf] }
                strategy: { type: canary, canary: { steps: [10%, 50%] } }
            """;

    static final List<String> LINES = List.of(Texts.example("lastgood.yaml")
            .replace("\nenvironments:\n", "\nenvironments:\n  here: { local: { data: state } }\n")
            .replace("\nservices:\n", "\n" + SHOP)
            .split("\n", -1));

    static final List<String> VALUES = List.of(
            "",
            "{}",
            "[]",
            "[[]]",
            "{a: b}",
            "null",
            "~",
            "0",
            "-1",
            "300",
            "1e999",
            ".nan",
            ".inf",
            "0x1F",
            "99999999999999999999",
            "yes",
            "true",
            "'",
            "\"",
            "*a",
            "&a [*a]",
            "!!binary x",
            "!x y",
            "? a",
            "<<: {a: b}",
            "- a",
            "{? [a]: b}",
            "10%",
            "101%",
            "5m",
            "99999999d",
            "0s",
            "{env: A}",
            "{env: a}",
            "{env: A, file: b}",
            "{secretRef: a}",
            "[10%, 5%]",
            "{port}",
            "{prot}",
            "\u0000",
            "\uFEFF",
            "\uD83D\uDE00",
            "a b | c",
            "../x",
            "(",
            "| \n x",
            "---",
            "...",
            "%YAML 9.9",
            "none",
            "x.y",
            "\"x\\0y\"");

    @Example
    void the_text_that_is_changed_is_sound() {
        assertThat(Texts.problems(String.join("\n", LINES))).isEmpty();
    }

    @Property
    void a_value_replaced_by_any_other(@ForAll("lines") int line, @ForAll("values") String value) {
        var lines = new ArrayList<>(LINES);
        var colon = lines.get(line).indexOf(": ");
        lines.set(line, colon < 0 ? value : lines.get(line).substring(0, colon + 2) + value);

        isRead(String.join("\n", lines));
    }

    @Property
    void an_inner_value_replaced_by_any_other(
            @ForAll("lines") int line, @ForAll("values") String value, @ForAll int at) {
        var lines = new ArrayList<>(LINES);
        var words = lines.get(line).split("(?<=[ ,])", -1);
        words[Math.floorMod(at, words.length)] = value;
        lines.set(line, String.join("", words));

        isRead(String.join("\n", lines));
    }

    @Property
    void a_piece_cut_out(@ForAll int from, @ForAll int length) {
        var text = String.join("\n", LINES);
        var begin = Math.floorMod(from, text.length());
        var end = Math.min(text.length(), begin + Math.floorMod(length, 80));

        isRead(text.substring(0, begin) + text.substring(end));
    }

    @Property
    void a_line_moved_elsewhere_with_another_indentation(
            @ForAll("lines") int from, @ForAll("lines") int to, @ForAll("indentation") String indentation) {
        var lines = new ArrayList<>(LINES);
        var line = lines.remove(from);
        lines.add(Math.min(to, lines.size()), indentation + line.strip());

        isRead(String.join("\n", lines));
    }

    @Property
    void any_text_at_all(@ForAll String text) {
        isRead(text);
        isRead("a: " + text);
    }

    private static void isRead(String text) {
        switch (Texts.load(text)) {
            case Loaded.Ok(var catalog) -> {
                for (var environment : catalog.environments().keySet()) {
                    for (var service : catalog.services()) {
                        assertThat(catalog.effective(environment, service, Overrides.none()))
                                .isNotNull();
                    }
                }
            }
            case Loaded.Invalid invalid -> assertThat(invalid.text()).isNotEmpty();
        }
    }

    @Provide
    Arbitrary<Integer> lines() {
        return Arbitraries.integers().between(0, LINES.size() - 1);
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.of(VALUES);
    }

    @Provide
    Arbitrary<String> indentation() {
        return Arbitraries.of("", "  ", "    ", "      ", "\t");
    }
}
