package lastgood.prometheus;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The same pods, scraped by a real VictoriaMetrics.
class VictoriaMetricsMetricsTest extends PrometheusMetricsTest {

    @Override
    RealServer scraping(Path folder, List<Exposed> targets) throws IOException, InterruptedException {
        RealVictoriaMetrics.assumeThere();
        return RealVictoriaMetrics.start(folder, targets);
    }
}
