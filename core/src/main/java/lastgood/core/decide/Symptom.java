package lastgood.core.decide;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Optional;

/// Something that a row of the matrix looks for. A row holds when any one of its symptoms is proved.
public sealed interface Symptom {

    /// Percentage points of errors above the reference, as far as they are proved.
    ///
    /// @param share 0.1 is 10 percentage points
    record ErrorRate(Is is, double share) implements Symptom {
        public ErrorRate {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("an increase is a share from 0 to 1: " + share);
            }
        }

        @Override
        public String toString() {
            return "errorRate %s %s%%"
                    .formatted(
                            is.sign,
                            BigDecimal.valueOf(share)
                                    .movePointRight(2)
                                    .stripTrailingZeros()
                                    .toPlainString());
        }
    }

    record Seen(Word word) implements Symptom {
        @Override
        public String toString() {
            return word.text;
        }
    }

    enum Is {
        ABOVE(">"),
        AT_LEAST(">="),
        BELOW("<"),
        AT_MOST("<=");

        private final String sign;

        Is(String sign) {
            this.sign = sign;
        }

        public static Optional<Is> parse(String sign) {
            return Arrays.stream(values()).filter(i -> i.sign.equals(sign)).findFirst();
        }

        @Override
        public String toString() {
            return sign;
        }
    }

    enum Word {
        /// Nobody is served by the new version.
        OUTAGE("outage"),
        /// Data was lost or damaged.
        DATA_LOSS("dataLoss"),
        /// The same finding by its other name: damaged data is lost until somebody restores it.
        CORRUPTION("corruption"),
        /// Answers take more than twice as long as the reference's.
        LATENCY("latency"),
        /// Nobody can log in.
        AUTH("auth"),
        /// A check or route that the team calls critical is broken.
        CRITICAL("critical"),
        SECURITY("security"),
        /// A migration failed.
        MIGRATION("migration"),
        /// A canary is worse than the version beside it.
        CANARY("canary");

        private final String text;

        Word(String text) {
            this.text = text;
        }

        public static Optional<Word> parse(String text) {
            return Arrays.stream(values()).filter(w -> w.text.equals(text)).findFirst();
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
