package lastgood.local.agent;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.local.ScrapedNames;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;
import lastgood.local.files.Json;

/// Tells a Prometheus which instances there are, in a file that its `file_sd_configs` read.
///
/// An instance is there from the moment it is first ready until its process is gone: one that still starts cannot
/// be scraped, and that would look like harm.
final class ScrapeTargets {

    private final DataFolder data;
    private List<Group> written = List.of();
    private boolean isWritten;

    /// As Prometheus reads it.
    record Group(List<String> targets, Map<String, String> labels) {}

    ScrapeTargets(DataFolder data) {
        this.data = data;
    }

    /// Writes only what is new. By one thread.
    void write(List<Instance> instances) throws IOException {
        var all = instances.stream()
                .filter(Instance::canBeScraped)
                .map(ScrapeTargets::group)
                .toList();
        if (!isWritten || !all.equals(written)) {
            Durable.write(data.scrapeTargets(), Json.bytes(all), "rw-r--r--");
            written = all;
            isWritten = true;
        }
    }

    private static Group group(Instance instance) {
        var workload = instance.workload();
        return new Group(
                List.of("127.0.0.1:" + instance.port()),
                new TreeMap<>(Map.of(
                        "namespace", workload.service().environment(),
                        "service", workload.service().service(),
                        "pod", ScrapedNames.of(workload, instance.revision().digest(), instance.id()),
                        "version", instance.revision().version().text())));
    }
}
