package lastgood.core;

import java.util.regex.Pattern;

/// The name of one run of the engine: `rb-` a rollback, `ro-` a rollout, `op-` any other change, and
/// eight characters that make it unique. It is also a folder's name, hence the narrow form.
public record RunId(String text) implements Comparable<RunId> {

    private static final Pattern FORM = Pattern.compile("(rb|ro|op)-[0-9a-z]{8}");

    public RunId {
        Names.require(FORM, "run", text, "write it as it was printed, such as rb-0k3f9a2c");
    }

    @Override
    public int compareTo(RunId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
