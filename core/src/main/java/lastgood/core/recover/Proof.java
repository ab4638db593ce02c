package lastgood.core.recover;

/// What users' requests since the rollback come to.
public sealed interface Proof {

    /// The plan asks for none, since nobody counts users' requests: the samples alone decide, and say so.
    record NotOwed() implements Proof {}

    /// They fail and dawdle less than the limits, and did so throughout the hold.
    record Given(String words) implements Proof {}

    /// They did, and the hold is not over.
    record Holding(String words) implements Proof {}

    /// Not proved.
    ///
    /// @param enough whether there were requests enough for a service that is well
    record Missing(String words, boolean enough) implements Proof {}

    /// The opposite is proved.
    record Refuted(String why) implements Proof {}

    /// The counts could not be read now.
    record Unread(String why) implements Proof {}

    /// Whether a row of samples may be the end of the watch.
    default boolean ready() {
        return switch (this) {
            case NotOwed _, Given _ -> true;
            case Holding _, Missing _, Refuted _, Unread _ -> false;
        };
    }

    /// For the record of a sample; empty if there is nothing to say.
    default String line() {
        return switch (this) {
            case NotOwed _ -> "";
            case Given(var words) -> words;
            case Holding(var words) -> words;
            case Missing(var words, var _) -> words;
            case Refuted(var why) -> why;
            case Unread(var why) -> "users' requests could not be counted: " + why;
        };
    }
}
