package lastgood.core.data;

/// How a server kept its log at a moment: what decides whether anybody can go back there in time.
///
/// @param level `minimal`, `replica`, `logical`; empty = nobody wrote it down
/// @param archive whether segments came away from the server
/// @param detail the server's words about its archive, for people
public record LogKept(String level, Archive archive, String detail) {

    public enum Archive {
        /// The last segment that was tried is in the archive.
        WORKING,
        /// The last one that was tried is not.
        FAILING,
        /// None was ever tried, so nobody knows.
        UNTRIED,
        /// The server archives nothing itself; somebody may fetch its log all the same.
        OFF,
        /// Nobody wrote it down.
        UNKNOWN
    }

    public static LogKept unknown() {
        return new LogKept("", Archive.UNKNOWN, "");
    }

    /// Such a log holds too little to be replayed on a backup, whatever is archived of it.
    public boolean isTooLittle() {
        return level.equals("minimal");
    }

    public String words() {
        return "wal_level %s, archive %s%s"
                .formatted(
                        level.isEmpty() ? "not recorded" : level,
                        switch (archive) {
                            case WORKING -> "working";
                            case FAILING -> "failing";
                            case UNTRIED -> "never tried";
                            case OFF -> "off";
                            case UNKNOWN -> "not recorded";
                        },
                        detail.isEmpty() ? "" : " (%s)".formatted(detail));
    }
}
