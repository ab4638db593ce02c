package lastgood.config;

import java.util.Map;

/// What is said from outside the file.
///
/// @param flags values from the command line
/// @param variables the environment of the process, from which the `LASTGOOD_*` ones are taken (and, for the default
///     data folder, `XDG_STATE_HOME` and `HOME`)
/// @param inferred what an adapter found out by looking; weaker than anything written
public record Overrides(Map<Setting, String> flags, Map<String, String> variables, Map<Setting, Inferred> inferred) {

    public Overrides {
        flags = Map.copyOf(flags);
        variables = Map.copyOf(variables);
        inferred = Map.copyOf(inferred);
    }

    /// @param from what was looked at, as in `Deployment shop/web`
    public record Inferred(String value, String from) {}

    /// Only the file counts.
    public static Overrides none() {
        return new Overrides(Map.of(), Map.of(), Map.of());
    }

    /// Flags and environment variables.
    public static Overrides of(Map<Setting, String> flags, Map<String, String> variables) {
        return new Overrides(flags, variables, Map.of());
    }
}
