package lastgood.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which service in which environment is meant. There is never a default environment.
public final class Where {

    static final String WORKLOAD = "--workload";

    @Option(
            names = {"-e", "--environment"},
            paramLabel = "ENV",
            description = "the environment; never guessed (also: LASTGOOD_ENVIRONMENT)")
    private @Nullable String environment;

    @Option(
            names = {"-s", "--service"},
            paramLabel = "SVC",
            description = "the service; may be left out if there is only one")
    private @Nullable String service;

    @Option(
            names = WORKLOAD,
            paramLabel = "KIND/NAME",
            description = "with -n: the workload; may be written alone, as for kubectl: deploy/web, sts/db, ds/agent")
    private @Nullable String workload;

    @Mixin
    private Common common = new Common();

    public @Nullable String environment() {
        return environment;
    }

    public @Nullable String service() {
        return service;
    }

    /// What was said about a workload of the namespace: `deploy/web`, or a bare name for a Deployment.
    @Nullable
    String workload() {
        return workload == null && common.namespace() != null ? service : workload;
    }

    /// The same, with what was not said taken from elsewhere.
    public Where or(@Nullable String otherEnvironment, String otherService) {
        var filled = new Where();
        filled.environment = environment == null ? otherEnvironment : environment;
        filled.service = service == null ? otherService : service;
        filled.workload = workload;
        filled.common = common;
        return filled;
    }

    public Where withService(String name) {
        var filled = new Where();
        filled.environment = environment;
        filled.service = name;
        filled.workload = workload;
        filled.common = common;
        return filled;
    }

    public Common common() {
        return common;
    }
}
