package lastgood.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What a person should know about a file in which nothing is wrong.
final class Notes {

    private Notes() {}

    static List<String> of(Tree document) {
        var notes = new ArrayList<String>();
        var notYet = NotYet.usedIn(document);
        if (!notYet.isEmpty()) {
            notes.add("accepted, not acted on yet: " + String.join(", ", notYet));
        }
        variables(document)
                .filter(v -> Rows.looksSecret(v.name(), v.value()))
                .map(v -> "%s: %s looks like a secret written into the file; write {env: %s} or {file: PATH}"
                        .formatted(v.value().origin(), v.name(), v.name()))
                .forEach(notes::add);
        return List.copyOf(notes);
    }

    private record Variable(String name, Tree value) {}

    private static Stream<Variable> variables(Tree document) {
        return children(document.at("services").stream())
                .flatMap(service -> Stream.concat(Stream.of(service), children(service.at("environments").stream())))
                .flatMap(service -> service.at("local").flatMap(local -> local.at("env")).stream())
                .flatMap(env -> values(env).entrySet().stream())
                .map(variable -> new Variable(variable.getKey(), variable.getValue()));
    }

    private static Stream<Tree> children(Stream<Tree> mappings) {
        return mappings.flatMap(mapping -> values(mapping).values().stream());
    }

    private static Map<String, Tree> values(Tree mapping) {
        var values = new LinkedHashMap<String, Tree>();
        mapping.entriesOrNone().forEach((key, entry) -> values.put(key, entry.value()));
        return values;
    }
}
