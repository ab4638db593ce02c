package lastgood.config;

import java.util.function.Function;

/// What became of reading a piece of text that a person wrote.
public sealed interface Parsed<T> {

    /// It was understood.
    record Good<T>(T value) implements Parsed<T> {}

    /// It was not: `fact` says why, `hint` a way on (empty if there is none).
    record Bad<T>(String fact, String hint) implements Parsed<T> {}

    /// The value, or whatever `otherwise` makes of the failure (a fallback, or an exception of the caller's own).
    default T orElse(Function<Bad<T>, T> otherwise) {
        return switch (this) {
            case Good<T>(var value) -> value;
            case Bad<T> bad -> otherwise.apply(bad);
        };
    }
}
