package lastgood.local.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import lastgood.core.Digest;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;

/// Where everything lies. One folder is one platform: two agents never share it, any number of command lines do.
/// Names of services and workloads are labels (no dots, no slashes), so they can be parts of a path as they are.
public record DataFolder(Path root) {

    public DataFolder {
        root = root.toAbsolutePath().normalize();
    }

    /// Makes the folder, for its owner's eyes only: logs, configuration and the agent's token are in it.
    public DataFolder prepared() {
        try {
            if (!Files.isDirectory(root)) {
                Files.createDirectories(root);
                ownerOnly(root);
            }
            Files.createDirectories(agent());
            return this;
        } catch (IOException e) {
            throw Failures.forbidden("could not make the data folder " + root, e);
        }
    }

    private static void ownerOnly(Path folder) throws IOException {
        try {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        } catch (UnsupportedOperationException _) {
            // a file system without permissions has none to narrow
        }
    }

    public Path agent() {
        return root.resolve("agent");
    }

    /// How to reach the agent: port, token, process.
    public Path contact() {
        return root.resolve("agent.json");
    }

    public Path agentLock() {
        return agent().resolve("lock");
    }

    /// The agent's process, in a form that a shell can read. Gone when the agent was told to stop.
    public Path agentPid() {
        return agent().resolve("pid");
    }

    public Path agentLog() {
        return agent().resolve("log");
    }

    public Path keeperPid() {
        return agent().resolve("keeper");
    }

    public Path keeperScript() {
        return agent().resolve("keeper.sh");
    }

    public Path keeperLog() {
        return agent().resolve("keeper.log");
    }

    public Path wishes() {
        return agent().resolve("wishes.json");
    }

    public Path roster() {
        return agent().resolve("instances.json");
    }

    /// The instances' processes, in a form that a shell can read.
    public Path pids() {
        return agent().resolve("pids");
    }

    public Path id() {
        return agent().resolve("id");
    }

    /// Which instances a Prometheus may scrape, as its file-based discovery reads it.
    public Path scrapeTargets() {
        return root.resolve("prometheus").resolve("targets.json");
    }

    public Path objects() {
        return root.resolve("objects");
    }

    public Path object(Digest digest) {
        var hex = digest.text().substring("sha256:".length());
        return objects().resolve(hex.substring(0, 2)).resolve(hex);
    }

    public Path services() {
        return root.resolve("services");
    }

    public Path service(ServiceRef service) {
        return services().resolve(dotted(service) + ".json");
    }

    public Path run(String instance) {
        return root.resolve("instances").resolve(instance);
    }

    public Path logs(ServiceRef service) {
        return root.resolve("logs").resolve(dotted(service));
    }

    public Path log(Workload workload, String instance) {
        return logs(workload.service()).resolve(workload.name() + "." + instance + ".log");
    }

    public Path ledger(ServiceRef service) {
        return root.resolve("ledgers").resolve(service.environment()).resolve(service.service() + ".jsonl");
    }

    public Path evidence() {
        return root.resolve("evidence");
    }

    public Path locks() {
        return root.resolve("locks");
    }

    public Path lock(ServiceRef service) {
        return locks().resolve(dotted(service));
    }

    public Path driver(RunId run) {
        return root.resolve("drivers").resolve(run.text() + ".json");
    }

    public Path notices() {
        return root.resolve("notices.jsonl");
    }

    public static String dotted(ServiceRef service) {
        return service.environment() + "." + service.service();
    }
}
