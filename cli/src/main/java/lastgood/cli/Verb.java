package lastgood.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Something that can be said. Its name, options and help are in its picocli annotations.
public abstract class Verb implements Callable<Integer> {

    @Spec
    private @org.jspecify.annotations.Nullable CommandSpec spec;

    /// The verbs below a noun: `release` has `list`, `show` and so on.
    public List<Verb> below() {
        return List.of();
    }

    /// Does it.
    public abstract Exit say() throws Exception;

    @Override
    public final Integer call() throws Exception {
        return say().code();
    }

    protected final CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets it before a verb is called");
        }
        return spec;
    }

    /// A noun without a verb.
    protected final ParameterException verbMissing() {
        return new ParameterException(spec().commandLine(), "say what to do with it");
    }
}
