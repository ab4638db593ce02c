package lastgood.config;

import java.util.List;

/// A PromQL expression, as far as anything here depends on its parts.
sealed interface Promql {

    /// Where it begins in the text.
    int at();

    /// What it gives.
    Kind kind();

    enum Kind {
        SCALAR,
        VECTOR,
        MATRIX,
        STRING
    }

    record Constant(int at, String text) implements Promql {
        @Override
        public Kind kind() {
            return Kind.SCALAR;
        }
    }

    record Text(int at) implements Promql {
        @Override
        public Kind kind() {
            return Kind.STRING;
        }
    }

    /// `metric{label="value"}`, perhaps with a range behind it.
    ///
    /// @param metric empty: named by no more than labels
    /// @param moved by `offset` or `@`
    record Select(int at, String metric, List<Matcher> matchers, boolean ranged, boolean moved) implements Promql {
        @Override
        public Kind kind() {
            return ranged ? Kind.MATRIX : Kind.VECTOR;
        }
    }

    /// @param operator `=`, `!=`, `=~` or `!~`
    record Matcher(String label, String operator, String value) {}

    /// `expression[1h:1m]`
    record Subquery(int at, Promql of) implements Promql {
        @Override
        public Kind kind() {
            return Kind.MATRIX;
        }
    }

    record Call(int at, String function, List<Promql> arguments) implements Promql {
        @Override
        public Kind kind() {
            return PromFunctions.isScalar(function) ? Kind.SCALAR : Kind.VECTOR;
        }
    }

    /// @param labels those of `by` or `without`
    record Aggregate(int at, String operator, boolean without, List<String> labels, Promql of) implements Promql {
        @Override
        public Kind kind() {
            return Kind.VECTOR;
        }
    }

    /// @param bool whether a comparison answers 0 or 1 instead of leaving out what it does not hold for
    record Binary(int at, String operator, boolean bool, Promql left, Promql right) implements Promql {
        @Override
        public Kind kind() {
            return left.kind() == Kind.SCALAR && right.kind() == Kind.SCALAR ? Kind.SCALAR : Kind.VECTOR;
        }

        boolean compares() {
            return PromParser.COMPARISONS.contains(operator);
        }
    }

    record Negative(int at, Promql of) implements Promql {
        @Override
        public Kind kind() {
            return of.kind();
        }
    }
}
