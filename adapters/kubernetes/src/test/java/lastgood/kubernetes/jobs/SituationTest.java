package lastgood.kubernetes.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import lastgood.kubernetes.api.Api;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Jobs and pods as a table. What is not clear is never an end.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SituationTest {

    private static final String RUNNING = """
            "status":{"phase":"Running","containerStatuses":[{"name":"web","state":{"running":{}}}]}""";

    private static JsonNode tree(String text) {
        try {
            return Api.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Optional<JsonNode> job(String annotations, String condition) {
        return Optional.of(tree("""
                {"metadata":{"name":"j","uid":"j1","annotations":{%s}},
                 "spec":{"parallelism":1,"template":{"spec":{"containers":[{"name":"web"}]}}},
                 "status":{"conditions":[%s]}}
                """.formatted(annotations, condition)));
    }

    private static Optional<JsonNode> job() {
        return job("", "");
    }

    private static JsonNode pod(String uid, String status) {
        return tree("{\"metadata\":{\"name\":\"p\",\"uid\":\"%s\"},%s}".formatted(uid, status));
    }

    private static Situation of(Optional<JsonNode> job, JsonNode... pods) {
        return Situation.of(job, "j1", List.of(pods));
    }

    private static String terminated(int code, String reason) {
        return "\"containerStatuses\":[{\"name\":\"web\",\"state\":{\"terminated\":{\"exitCode\":%d,\"reason\":\"%s\"}}}]"
                .formatted(code, reason);
    }

    @Test
    void a_job_that_is_gone_or_another_one_is_lost() {
        assertThat(of(Optional.empty())).isInstanceOf(Situation.Lost.class);
        assertThat(Situation.of(job(), "j0", List.of())).isInstanceOf(Situation.Lost.class);
    }

    @Test
    void a_container_that_ended_tells_how_although_a_sidecar_runs_on() {
        var pod = pod("p1", "\"status\":{\"phase\":\"Running\",%s}".formatted(terminated(3, "Error")));

        assertThat(of(job(), pod)).isEqualTo(new Situation.Ended(3, Optional.of(pod), ""));
    }

    @Test
    void an_eviction_is_told_with_the_code_that_it_left() {
        var pod = pod(
                "p1",
                "\"status\":{\"phase\":\"Failed\",\"reason\":\"Evicted\",\"message\":\"low on memory\",%s}"
                        .formatted(terminated(137, "Error")));

        assertThat(of(job(), pod)).isEqualTo(new Situation.Ended(137, Optional.of(pod), "Evicted: low on memory"));
    }

    @Test
    void a_pod_that_ended_without_a_word_is_lost() {
        var pod = pod("p1", "\"status\":{\"phase\":\"Failed\",\"reason\":\"NodeLost\",\"message\":\"node n1\"}");

        assertThat(of(job(), pod)).isEqualTo(new Situation.Lost("its pod ended without saying how: NodeLost: node n1"));
    }

    @Test
    void a_job_that_failed_without_a_pod_is_lost_and_one_that_is_complete_is_done() {
        var failed = job(
                "", "{\"type\":\"Failed\",\"status\":\"True\",\"reason\":\"BackoffLimitExceeded\",\"message\":\"m\"}");
        var complete = job("", "{\"type\":\"Complete\",\"status\":\"True\"}");

        assertThat(of(failed)).isInstanceOf(Situation.Lost.class);
        assertThat(of(complete)).isEqualTo(new Situation.Ended(0, Optional.empty(), ""));
    }

    @Test
    void over_time_is_over_when_no_pod_is_left() {
        var late = job("", "{\"type\":\"Failed\",\"status\":\"True\",\"reason\":\"DeadlineExceeded\"}");

        assertThat(of(late, pod("p1", RUNNING))).isEqualTo(new Situation.Ending());
        assertThat(of(late)).isEqualTo(new Situation.TimedOut(Optional.empty()));
    }

    @Test
    void another_pod_than_the_one_that_was_noted_is_a_second_run() {
        var noted = job("\"%s\":\"p0\"".formatted(Situation.POD), "");

        assertThat(of(noted, pod("p1", RUNNING))).isInstanceOf(Situation.Lost.class);
        assertThat(of(noted)).isInstanceOf(Situation.Lost.class);
        assertThat(of(job(), pod("p1", RUNNING), pod("p2", RUNNING))).isInstanceOf(Situation.Lost.class);
        assertThat(of(noted, pod("p0", RUNNING))).isEqualTo(new Situation.Running("p0", true));
    }
}
