package lastgood.core.recover;

import java.util.List;
import java.util.Set;

/// One look at the checklist.
///
/// @param full whether all checks were asked, or only those that are cheap enough to ask each time
public record Sample(List<CheckResult> results, boolean full) {

    public Sample {
        results = List.copyOf(results);
    }

    /// What it says of the required checks: any failure is a failure; else anything missing is unknown.
    public CheckResult.Finding of(Set<Check> required) {
        var asked = results.stream().filter(r -> required.contains(r.check())).toList();
        if (asked.stream().anyMatch(r -> r.finding() == CheckResult.Finding.FAIL)) {
            return CheckResult.Finding.FAIL;
        }
        var missing = asked.stream().anyMatch(r -> r.finding() == CheckResult.Finding.UNKNOWN);
        return asked.isEmpty() || missing ? CheckResult.Finding.UNKNOWN : CheckResult.Finding.PASS;
    }
}
