package lastgood.app;

import java.util.List;
import lastgood.core.ServiceRef;
import lastgood.kubernetes.scrape.PodPages;
import lastgood.prometheus.Exporters;

/// A cluster's pods, for whoever reads what they count.
record PodExporters(PodPages pages) implements Exporters {

    @Override
    public List<Exporter> of(ServiceRef service) {
        return pages.of(service).stream()
                .map(pod -> new Exporter(service, pod.name(), pod.revision(), pod.started()))
                .toList();
    }

    @Override
    public Answer read(Exporter exporter) {
        return switch (pages.read(exporter.service(), exporter.name())) {
            case PodPages.Shown.Text(var body, var type) -> new Answer.Text(body, type);
            case PodPages.Shown.Silent(var why) -> new Answer.Silent(why);
            case PodPages.Shown.Gone() -> new Answer.Gone();
            case PodPages.Shown.Unusable(var why) -> new Answer.Unusable(why);
        };
    }
}
