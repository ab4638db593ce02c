package lastgood.core.decide;

import java.time.Duration;
import java.util.List;

/// Who has to say yes, and when.
public sealed interface ApprovalRule {
    record None() implements ApprovalRule {}

    /// Nothing is changed until somebody with the role approves.
    ///
    /// @param role such as `platform-lead`
    /// @param users the people who have it; empty = not listed, then anyone may and the record says so
    /// @param requesterMayApprove whether the person who asked may approve it himself
    record Before(String role, List<String> users, boolean requesterMayApprove) implements ApprovalRule {
        public Before {
            users = List.copyOf(users);
        }
    }

    /// The change goes ahead; the approval is owed within that time, and its absence is reported.
    record After(String role, List<String> users, Duration within) implements ApprovalRule {
        public After {
            users = List.copyOf(users);
        }
    }
}
