package lastgood.prometheus;

import java.io.IOException;
import java.nio.file.Path;

/// The same stories on a real VictoriaMetrics.
class VictoriaMetricsTelemetryTest extends PrometheusTelemetryTest {

    @Override
    RealServer given(Path folder, GivenSamples samples) throws IOException, InterruptedException {
        RealVictoriaMetrics.assumeThere();
        return RealVictoriaMetrics.with(folder, samples);
    }
}
