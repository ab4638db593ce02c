package lastgood.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NamesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-rf",
                "--force",
                "$(touch x)",
                "`id`",
                "a;b",
                "a b",
                "a\nb",
                "../../etc/passwd",
                "a/b",
                "\u001b[2J",
                "ü",
                "a\u0000b",
                "v1 --yes"
            })
    void hostile_text_names_nothing(String text) {
        assertThatThrownBy(() -> new Version(text)).isInstanceOf(InvalidName.class);
        assertThatThrownBy(() -> RevisionSelector.parse(text)).isInstanceOf(InvalidName.class);
        assertThatThrownBy(() -> new ServiceRef("production", text)).isInstanceOf(InvalidName.class);
        assertThatThrownBy(() -> new RunId(text)).isInstanceOf(InvalidName.class);
        assertThatThrownBy(() -> new Person(text)).isInstanceOf(InvalidName.class);
    }

    @Test
    void what_is_refused_is_shown_without_its_control_characters() {
        assertThatThrownBy(() -> new Version("a\u001b[2Jb"))
                .hasMessageContaining("a?[2Jb")
                .hasMessageNotContaining("\u001b");
    }

    @Test
    void a_reason_is_one_plain_line() {
        assertThat(new Reason("errors, $(touch x) and `more`").text()).contains("$(touch x)");
        assertThatThrownBy(() -> new Reason("a\nb")).isInstanceOf(InvalidName.class);
        assertThatThrownBy(() -> new Reason(" ")).isInstanceOf(InvalidName.class);
        assertThatThrownBy(() -> new Reason("x".repeat(501))).isInstanceOf(InvalidName.class);
    }

    @Test
    void selectors_are_told_apart_by_their_form() {
        assertThat(RevisionSelector.parse("previous")).isInstanceOf(RevisionSelector.Previous.class);
        assertThat(RevisionSelector.parse("good")).isInstanceOf(RevisionSelector.Good.class);
        assertThat(RevisionSelector.parse("41")).isEqualTo(new RevisionSelector.ByNumber(41));
        assertThat(RevisionSelector.parse("v4.0.4")).isEqualTo(new RevisionSelector.ByVersion(new Version("v4.0.4")));
        assertThat(RevisionSelector.parse("sha256:51ab00")).isEqualTo(new RevisionSelector.ByDigest("sha256:51ab00"));
        assertThatThrownBy(() -> RevisionSelector.parse("sha256:xyz")).isInstanceOf(InvalidName.class);
    }

    @Test
    void workloads_and_services_survive_being_written_down() {
        var workload = new Workload(new ServiceRef("production", "web"), "web-canary");

        assertThat(Workload.parse(workload.toString())).isEqualTo(workload);
    }

    @Test
    void durations_are_written_in_two_units_at_most() {
        assertThat(Words.duration(java.time.Duration.ofMillis(850))).isEqualTo("850ms");
        assertThat(Words.duration(java.time.Duration.ofMillis(4_200))).isEqualTo("4.2s");
        assertThat(Words.duration(java.time.Duration.ofSeconds(190))).isEqualTo("3m10s");
        assertThat(Words.duration(java.time.Duration.ofMinutes(125))).isEqualTo("2h05m");
        assertThat(Words.duration(java.time.Duration.ofHours(148))).isEqualTo("6d 4h");
    }
}
