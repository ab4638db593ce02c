package lastgood.kubernetes.install;

/// One thing that was looked at.
///
/// @param why what was found, and what does not work because of it
/// @param hint a way on; empty if there is nothing to do
public record Finding(Level level, String what, String why, String hint) {

    public enum Level {
        OK,
        /// Works, but not as well as it could; or could not be looked at.
        WARN,
        /// Something that a rollback needs does not work without it.
        MISSING
    }

    public static Finding ok(String what, String why) {
        return new Finding(Level.OK, what, why, "");
    }

    public static Finding warn(String what, String why, String hint) {
        return new Finding(Level.WARN, what, why, hint);
    }

    public static Finding missing(String what, String why, String hint) {
        return new Finding(Level.MISSING, what, why, hint);
    }
}
