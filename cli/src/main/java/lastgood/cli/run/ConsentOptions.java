package lastgood.cli.run;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a person says yes beforehand.
public final class ConsentOptions {

    @Option(
            names = {"-y", "--yes"},
            description = "yes to the question; severe changes still want the name")
    boolean yes;

    @Option(
            names = "--confirm",
            paramLabel = "NAME",
            description = "the service's name, typed: yes to a severe change, or to any in a protected environment")
    @Nullable
    String confirm;

    @Option(names = "--no-input", description = "never ask; what would need an answer is refused with exit 4")
    boolean noInput;

    boolean confirms(String name) {
        return name.equals(confirm);
    }

    public void sayYes() {
        yes = true;
    }
}
