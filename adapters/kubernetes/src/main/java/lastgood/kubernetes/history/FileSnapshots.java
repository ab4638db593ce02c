package lastgood.kubernetes.history;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.api.Api;

/// Snapshots as files, where our own kinds are not installed: `FOLDER/<environment>/<service>/<name>.json`.
public final class FileSnapshots implements Snapshots {

    private final Path folder;

    public FileSnapshots(Path folder) {
        this.folder = folder;
    }

    private Path folder(ServiceRef service) {
        return folder.resolve(service.environment()).resolve(service.service());
    }

    private Path file(ServiceRef service, String name) {
        return folder(service).resolve(name + ".json");
    }

    @Override
    public void keep(ServiceRef service, String name, Snapshot snapshot) {
        var file = file(service, name);
        try {
            Files.createDirectories(file.getParent());
            var part = Files.createTempFile(file.getParent(), name, ".part");
            Files.writeString(part, snapshot.tree().toString());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Forbidden(
                    "could not keep a snapshot in %s: %s\nnothing was changed".formatted(file, e.getMessage()));
        }
    }

    @Override
    public void drop(ServiceRef service, String name) {
        try {
            Files.deleteIfExists(file(service, name));
        } catch (IOException e) {
            throw new Unreachable("could not remove %s: %s".formatted(file(service, name), e.getMessage()), e);
        }
    }

    @Override
    public List<Snapshot> all(ServiceRef service) {
        try (var files = Files.list(folder(service))) {
            var all = new ArrayList<Snapshot>();
            for (var file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                if (Api.JSON.readTree(file.toFile()) instanceof ObjectNode tree) {
                    all.add(new Snapshot(tree));
                }
            }
            return all;
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new Unreachable("could not read snapshots in %s: %s".formatted(folder(service), e.getMessage()), e);
        }
    }

    @Override
    public boolean has(ServiceRef service, String name) {
        return Files.exists(file(service, name));
    }
}
