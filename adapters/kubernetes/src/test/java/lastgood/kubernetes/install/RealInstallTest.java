package lastgood.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
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
        install().make(false);

        assertThat(columns("rollbacks", 0))
                .containsExactly("Name", "Service", "Kind", "From", "To", "Phase", "Step", "By", "Age");
        assertThat(columns("rollbacks", 1)).contains("Outcome", "Reason");
        assertThat(columns("releases", 0)).containsExactly("Name", "Service", "Number", "Version", "By", "Age");
        assertThat(columns("ledgers", 0)).containsExactly("Name", "Live", "Standing", "Releases", "Age");
        assertThat(columns("servicelocks", 0)).containsExactly("Name", "Run", "Age");
    }

    @Test
    void is_refused_where_the_server_would_die_of_it() {
        var deadly = Server.of(api()).diesOfCustomResources();

        if (deadly) {
            assertThatThrownBy(() -> install().install(false))
                    .hasMessageContaining("dies of the first custom resource");
        }
        assertThat(new Server("v1.20.2", 20, "go1.15.5").diesOfCustomResources())
                .isFalse();
        assertThat(new Server("v1.20.2", 20, "go1.19.8").diesOfCustomResources())
                .isTrue();
        assertThat(new Server("v1.34.1", 34, "go1.24.6").diesOfCustomResources())
                .isFalse();
    }

    /// Columns up to that priority. There are no rows: not every server survives a custom resource.
    private List<String> columns(String plural, int wide) {
        try (var raw = new KubeApi(place().cluster())) {
            var table = raw.table("/apis/lastgood.dev/v1alpha1/namespaces/%s/%s".formatted(namespace(), plural));
            var names = new ArrayList<String>();
            for (var column : table.path("columnDefinitions")) {
                if (column.path("priority").asInt() <= wide) {
                    names.add(column.path("name").asText());
                }
            }
            return names;
        }
    }
}
