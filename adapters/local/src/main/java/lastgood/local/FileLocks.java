package lastgood.local;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import lastgood.core.InvalidName;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Locks;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;
import lastgood.local.files.Exclusive;
import lastgood.local.files.Failures;

/// A service's lock is a file that holds the run's name. It outlives processes: a run that nobody drives still holds
/// its service, until somebody carries it on or gives the lock up.
///
/// The file appears with its content or not at all: it is written under another name and then linked, and link(2) fails
/// if the name is taken. Reading the holder and removing the file is two steps, hence the guard around both.
public final class FileLocks implements Locks {

    private static final Duration BUSY_MAX = Duration.ofSeconds(5);

    private final DataFolder data;

    public FileLocks(Path data) {
        this.data = new DataFolder(data);
    }

    @Override
    public RunId acquire(ServiceRef service, RunId run) {
        data.prepared();
        try (var _ = guard()) {
            var holder = holder(service);
            if (holder.isPresent()) {
                return holder.get();
            }
            create(data.lock(service), run);
            return run;
        } catch (IOException e) {
            throw Failures.forbidden("could not lock " + service, e);
        }
    }

    private Exclusive guard() {
        return Exclusive.take(data.locks().resolve(".guard"), BUSY_MAX);
    }

    private static void create(Path lock, RunId run) throws IOException {
        var draft = Durable.draft(lock);
        try {
            Files.write(draft, run.text().getBytes(US_ASCII), StandardOpenOption.CREATE_NEW);
            Durable.sync(draft);
            link(lock, draft);
            Durable.syncFolder(Durable.parent(lock));
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void link(Path lock, Path draft) throws IOException {
        try {
            Files.createLink(lock, draft);
        } catch (UnsupportedOperationException _) {
            Files.move(draft, lock); // no hard links here; the guard is all there is against a second one
        } catch (FileAlreadyExistsException e) {
            throw new IllegalStateException("the lock appeared although its guard is held: " + lock, e);
        }
    }

    @Override
    public Optional<RunId> holder(ServiceRef service) {
        try {
            return Optional.of(new RunId(Files.readString(data.lock(service), US_ASCII)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (InvalidName e) {
            throw new Forbidden(
                    "the lock %s does not hold the name of a run; nothing was changed\nhint: look who wrote it, and remove it if no run is under way"
                            .formatted(data.lock(service)));
        } catch (IOException e) {
            throw Failures.unreachable("could not read who holds " + service, e);
        }
    }

    @Override
    public void release(ServiceRef service, RunId run) {
        if (!Files.isDirectory(data.locks())) {
            return;
        }
        try (var _ = guard()) {
            if (holder(service).filter(run::equals).isPresent()) {
                Files.delete(data.lock(service));
                Durable.syncFolder(data.locks());
            }
        } catch (IOException e) {
            throw Failures.unreachable("could not give up the lock of " + service, e);
        }
    }
}
