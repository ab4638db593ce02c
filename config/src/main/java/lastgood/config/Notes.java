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
        services(document).forEach((name, service) -> uncounted(name, service).forEach(notes::add));
        variables(document)
                .filter(v -> Rows.looksSecret(v.name(), v.value()))
                .map(v -> "%s: %s looks like a secret written into the file; write {env: %s} or {file: PATH}"
                        .formatted(v.value().origin(), v.name(), v.name()))
                .forEach(notes::add);
        return List.copyOf(notes);
    }

    private static Map<String, Tree> services(Tree document) {
        return document.at("services").map(Notes::values).orElse(Map.of());
    }

    /// A number that a server has worked out proves nothing, however well it is meant.
    private static List<String> uncounted(String service, Tree settings) {
        return Stream.of(SignalsConfig.ERROR_RATE, SignalsConfig.LATENCY_P95)
                .flatMap(signal ->
                        settings.at("signals").flatMap(all -> all.at(signal)).flatMap(one -> one.at("query")).stream()
                                .filter(query -> query.scalar()
                                        .map(text -> Query.number(text, Query.ON_A_CLUSTER))
                                        .filter(read ->
                                                read instanceof Parsed.Good<Query>(var good) && good.counters() == null)
                                        .isPresent())
                                .map(query ->
                                        "%s: signals.%s of %s gives numbers and no counts: it is shown and checked; what is decided and proved is counted under the names that are found"
                                                .formatted(query.origin(), signal, service)))
                .toList();
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
