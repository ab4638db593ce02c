package lastgood.core;

/// The outcome of comparing measurements with what is expected. Only [Pass] counts as healthy and only
/// [Fail] as harm: "could not measure" is neither.
public sealed interface Verdict {
    record Pass() implements Verdict {}

    record Fail(String reason) implements Verdict {}

    /// Measured, but not enough of it.
    record Inconclusive(String missing) implements Verdict {}

    /// The source answered and had nothing.
    record NoData() implements Verdict {}

    /// The source did not answer.
    record TelemetryDown(String cause) implements Verdict {}

    /// One word for tables and reports.
    default String word() {
        return switch (this) {
            case Pass() -> "pass";
            case Fail _ -> "fail";
            case Inconclusive _ -> "inconclusive";
            case NoData() -> "no data";
            case TelemetryDown _ -> "telemetry down";
        };
    }
}
