package lastgood.testkit;

/// How much of all that can go wrong one run of the suites tries. Each verify takes a sample that has every plan and
/// every kind of fault in it; `-Dlastgood.full=true` takes everything there is, which is minutes to hours
/// (`bench/sweep`).
public final class Sweep {

    private Sweep() {}

    public static boolean isFull() {
        return Boolean.getBoolean("lastgood.full");
    }

    /// @param name of the property that says it for one suite alone
    public static int size(String name, int sample, int full) {
        return Integer.getInteger(name, isFull() ? full : sample);
    }
}
