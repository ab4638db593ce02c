package lastgood.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import lastgood.kubernetes.records.Records;
import lastgood.testkit.kube.KubeApi;
import lastgood.testkit.kube.RealCluster;
import org.junit.jupiter.api.Test;

@RealCluster
class RealInstallTest extends InstallContract {
    @Override
    Place place() {
        return Place.real();
    }

    @Test
    void kubectl_get_reads_well() {
        install().install(false);
        api().create(Records.ROLLBACK, namespace(), rollback()).orThrow();
        var run = (ObjectNode) api().find(Records.ROLLBACK, namespace(), RUN.text())
                .orElseThrow()
                .deepCopy();
        run.set("status", status().put("outcome", "users recovered"));
        api().replaceStatus(Records.ROLLBACK, namespace(), run).orThrow();
        api().create(Records.RELEASE, namespace(), release()).orThrow();
        api().create(Records.LEDGER, namespace(), ledger()).orThrow();

        assertThat(shown("rollbacks", 0))
                .containsExactly(
                        List.of("Name", "Service", "Kind", "From", "To", "Phase", "Step", "By", "Age"),
                        List.of(
                                "rb-0k3f9a2c",
                                "checkout",
                                "rollback",
                                "v4.0.5",
                                "v4.0.4",
                                "running",
                                "put-checkout",
                                "ada@example.org",
                                "*"));
        assertThat(shown("rollbacks", 1).get(1)).contains("users recovered", "5xx since v4.0.5");
        assertThat(shown("releases", 0))
                .containsExactly(
                        List.of("Name", "Service", "Number", "Version", "By", "Age"),
                        List.of("checkout-r7", "checkout", "7", "v4.0.4", "ada", "*"));
        assertThat(shown("ledgers", 0).getFirst()).containsExactly("Name", "Live", "Standing", "Releases", "Age");
        assertThat(shown("servicelocks", 0).getFirst()).containsExactly("Name", "Run", "Age");
    }

    /// Columns up to that priority, then the rows; an age is `*`.
    private List<List<String>> shown(String plural, int wide) {
        try (var raw = new KubeApi(place().cluster())) {
            var table = raw.table("/apis/lastgood.dev/v1alpha1/namespaces/%s/%s".formatted(namespace(), plural));
            var lines = new ArrayList<List<String>>();
            lines.add(line(table, table.path("columnDefinitions"), wide, "name"));
            table.path("rows").forEach(r -> lines.add(line(table, r.path("cells"), wide, "")));
            return lines;
        }
    }

    private static List<String> line(JsonNode table, JsonNode cells, int wide, String field) {
        var line = new ArrayList<String>();
        for (var i = 0; i < cells.size(); i++) {
            var column = table.path("columnDefinitions").path(i);
            if (column.path("priority").asInt() <= wide) {
                var cell = field.isEmpty() ? cells.get(i) : cells.get(i).path(field);
                line.add(field.isEmpty() && column.path("name").asText().equals("Age") ? "*" : cell.asText());
            }
        }
        return line;
    }
}
