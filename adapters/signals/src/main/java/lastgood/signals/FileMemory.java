package lastgood.signals;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Unreachable;
import lastgood.engine.signals.IntegrityMemory;

/// What the data of each service looked like, in a file of its own: it outlives this process, so a finding can be dated
/// by a look that was taken before the release was.
public final class FileMemory implements IntegrityMemory {

    private final Path folder;

    public FileMemory(Path folder) {
        this.folder = folder;
    }

    @Override
    public State read(ServiceRef service, boolean comprehensive) {
        try {
            return file(service, comprehensive).read().map(FileMemory::state).orElse(State.NONE);
        } catch (DateTimeException e) {
            throw new Unreachable("what is remembered of the data of %s cannot be understood".formatted(service), e);
        }
    }

    @Override
    public synchronized void write(ServiceRef service, boolean comprehensive, State state) {
        var file = file(service, comprehensive);
        var answered = new TreeMap<String, Object>();
        state.answered().forEach((check, at) -> answered.put(check, at.toString()));
        var broken = new TreeMap<String, Object>();
        state.broken().forEach((key, b) -> {
            var tree = new TreeMap<String, Object>();
            tree.put("check", b.check());
            tree.put("object", b.object());
            b.lastSound().ifPresent(at -> tree.put("sound", at.toString()));
            tree.put("seen", b.seenAt().toString());
            tree.put("words", b.words());
            broken.put(key, tree);
        });
        var whole = new TreeMap<String, Object>();
        whole.put("answered", answered);
        whole.put("broken", broken);
        var _ = file.alone(_ -> {
            file.write(whole);
            return true;
        });
    }

    private static State state(JsonNode tree) {
        var answered = new TreeMap<String, Instant>();
        tree.path("answered")
                .properties()
                .forEach(
                        e -> answered.put(e.getKey(), Instant.parse(e.getValue().asText())));
        var broken = new TreeMap<String, Broken>();
        tree.path("broken").properties().forEach(e -> broken.put(e.getKey(), broken(e.getValue())));
        return new State(answered, broken);
    }

    private static Broken broken(JsonNode tree) {
        return new Broken(
                tree.path("check").asText(),
                tree.path("object").asText(),
                tree.has("sound") ? Optional.of(Instant.parse(tree.path("sound").asText())) : Optional.empty(),
                Instant.parse(tree.path("seen").asText()),
                tree.path("words").asText());
    }

    private StateFile file(ServiceRef service, boolean comprehensive) {
        return new StateFile(folder.resolve("%s.%s.%s.json"
                .formatted(service.environment(), service.service(), comprehensive ? "comprehensive" : "quick")));
    }
}
