package lastgood.probes.commands;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// What a service's commands run in.
///
/// @param folder where
/// @param variables beside those of lastgood itself; may hold secrets
/// @param secrets values that are to be taken out of what a command writes
public record Surroundings(Path folder, Map<String, String> variables, Collection<String> secrets) {

    public Surroundings {
        variables = Map.copyOf(variables);
        secrets = List.copyOf(secrets);
    }

    @Override
    public String toString() {
        return "commands in " + folder;
    }
}
