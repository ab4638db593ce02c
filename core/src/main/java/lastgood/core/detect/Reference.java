package lastgood.core.detect;

/// What the new version is compared with, the best first.
public sealed interface Reference {

    /// Instances of the old version, or fresh ones of it, that serve at the same time.
    record Beside() implements Reference {}

    /// The same service before the deploy. Weaker: another hour, other users. So a release is blamed only if
    /// services that were not deployed (the guard group) are well.
    record Earlier() implements Reference {}

    /// Nothing, as for a new service: only an absolute limit on the share of errors.
    ///
    /// @param errorsMax 0 to 1
    record Nothing(double errorsMax) implements Reference {
        public Nothing {
            if (!(errorsMax > 0 && errorsMax < 1)) {
                throw new IllegalArgumentException("a limit is a share between 0 and 1: " + errorsMax);
            }
        }

        /// Without a promise of its own a service is held to 5 %: the matrix calls that investigate.
        public static Nothing usual() {
            return new Nothing(0.05);
        }
    }
}
