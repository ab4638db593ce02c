package lastgood.core.data;

import java.util.List;

/// What the database's own structures and the team's invariants say about it.
///
/// @param findings one for each check that was made or could not be made, worst first
public record IntegrityReport(boolean comprehensive, List<Finding> findings) {

    public IntegrityReport {
        findings = List.copyOf(findings);
    }

    public boolean isSound() {
        return findings.stream().noneMatch(f -> f.standing() == Standing.FAIL);
    }

    public enum Standing {
        FAIL,
        /// Could not be looked at; never counts as fine.
        UNKNOWN,
        PASS
    }

    /// @param check `btree`, `heap`, `invalid-index`, `not-valid`, `sequence`, `checksum`, `foreign-key`, `invariant`,
    /// …
    /// @param object what it is about: `public.orders`, an index, the SQL of an invariant
    /// @param count how many rows, pages or entries; 0 for PASS
    /// @param detail the first of them, or why it could not be looked at
    public record Finding(Standing standing, String check, String object, long count, String detail) {}
}
