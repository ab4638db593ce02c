package lastgood.cli;

import lastgood.cli.out.Format;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options that every verb takes.
public final class Common {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the configuration (else LASTGOOD_CONFIG, else lastgood.yaml here or above)")
    private @Nullable String config;

    @Option(names = "--data", paramLabel = "DIR", description = "the data folder: ledger, journals, evidence")
    private @Nullable String data;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NS",
            description = "a namespace, instead of a configuration; then KIND/NAME says which workload: deploy/web")
    private @Nullable String namespace;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "the context of the kubeconfig (also: LASTGOOD_CONTEXT)")
    private @Nullable String context;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "the kubeconfig (also: LASTGOOD_KUBECONFIG, else as kubectl finds it)")
    private @Nullable String kubeconfig;

    @Option(names = "--as", paramLabel = "USER", description = "whom to impersonate on the cluster (also: LASTGOOD_AS)")
    private @Nullable String as;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = Format.Reader.class,
            description = "table, json, yaml or name (default: table)")
    private Format format = Format.TABLE;

    @Option(names = "--no-color", description = "no colours (also: NO_COLOR)")
    private boolean noColor;

    @Option(
            names = {"-q", "--quiet"},
            description = "no progress and no talk on stderr, only errors")
    private boolean quiet;

    public @Nullable String config() {
        return config;
    }

    public @Nullable String data() {
        return data;
    }

    /// Where there is one, no configuration file is read.
    public @Nullable String namespace() {
        return namespace;
    }

    public @Nullable String context() {
        return context;
    }

    public @Nullable String kubeconfig() {
        return kubeconfig;
    }

    public @Nullable String as() {
        return as;
    }

    public Format format() {
        return format;
    }

    public boolean noColor() {
        return noColor;
    }

    public boolean quiet() {
        return quiet;
    }
}
