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
