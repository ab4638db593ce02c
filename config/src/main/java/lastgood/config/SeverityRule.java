package lastgood.config;

/// One line of the severity matrix.
///
/// @param when what has to be seen
/// @param within how soon the rollback has to begin, counted from the moment harm was seen
/// @param postmortem how soon it has to be written, counted from the end of the incident
public record SeverityRule(
        SeverityLevel level, Condition when, Action action, Due within, Approval approval, Due postmortem) {

    public enum Action {
        ROLLBACK_NOW,
        ROLLBACK,
        PREPARE,
        MONITOR
    }
}
