package lastgood.local.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import lastgood.engine.port.Unreachable;
import lastgood.local.files.Durable;
import lastgood.local.files.Failures;
import lastgood.local.files.Json;

/// Keeps the wishes. Nobody is told that a wish is taken before it survives power loss.
final class WishStore {

    private final Path file;
    private volatile Wishes now;

    WishStore(Path file) {
        this.file = file;
        this.now = load();
    }

    Wishes now() {
        return now;
    }

    /// One change at a time; what `next` refuses by an exception changes nothing.
    synchronized Wishes change(UnaryOperator<Wishes> next) {
        var wanted = next.apply(now);
        try {
            Durable.write(file, Json.bytes(wanted));
            now = wanted;
            return wanted;
        } catch (IOException e) {
            now = load();
            if (now.changes() == wanted.changes()) {
                throw new Unreachable(
                        "the wish is written, but may not survive a power loss: " + Failures.reason(e), e);
            }
            throw Failures.forbidden("could not write down what is wanted", e);
        }
    }

    private Wishes load() {
        try {
            return Json.read(Files.readAllBytes(file), Wishes.class);
        } catch (NoSuchFileException _) {
            return Wishes.none();
        } catch (IOException e) {
            throw Failures.unreachable("could not read what is wanted from " + file, e);
        }
    }
}
