package lastgood.engine.port;

import java.util.List;
import lastgood.core.plan.Plan;

/// What in the world would stop a plan, found out before its first step: half a rollback is worse than none, and what
/// a person can mend (a right, a quota, a Secret) is mended fastest while nothing is half done.
///
/// It only looks, it does not take longer than a person at 3 a.m. would not notice, and it throws nothing for what it
/// could not look at: that is a remark, because a rollback must not wait for a look.
@FunctionalInterface
public interface Preflight {

    /// Everything at once, what blocks first; empty = nothing is known that would stop it.
    List<Problem> check(Plan plan);

    /// For a platform that refuses nothing.
    static Preflight none() {
        return _ -> List.of();
    }

    /// @param blocks whether a step would be refused, or would never end; else a person should know it and go on
    /// @param hint a way on, such as the line of a Role; empty if there is none
    record Problem(boolean blocks, String what, String hint) {

        public static Problem block(String what, String hint) {
            return new Problem(true, what, hint);
        }

        public static Problem remark(String what, String hint) {
            return new Problem(false, what, hint);
        }

        /// In one line.
        public String words() {
            return hint.isEmpty() ? what : "%s; %s".formatted(what, hint);
        }
    }
}
