package lastgood.config;

/// Where a value came from, so that nobody has to guess why a setting is what it is.
///
/// `toString` is what `config effective --origins` prints; [#position()] is finer, for problems.
public sealed interface Origin {

    /// A place in a file; `line` and `column` count from 1.
    record InFile(String file, int line, int column) implements Origin {
        public InFile {
            if (line < 1 || column < 1) {
                throw new IllegalStateException("lines and columns count from 1: %d:%d".formatted(line, column));
            }
        }

        @Override
        public String position() {
            return "%s:%d:%d".formatted(file, line, column);
        }

        @Override
        public String toString() {
            return "%s:%d".formatted(file, line);
        }
    }

    /// A file as a whole: it is missing, too large or empty.
    record WholeFile(String file) implements Origin {
        @Override
        public String toString() {
            return file;
        }
    }

    /// An environment variable, as in `LASTGOOD_TIMEOUT`.
    record Variable(String name) implements Origin {
        @Override
        public String toString() {
            return name;
        }
    }

    /// A command-line flag, as in `--timeout`.
    record Flag(String name) implements Origin {
        @Override
        public String toString() {
            return name;
        }
    }

    /// Found out by looking at something else, as in `inferred from environments.local`.
    record Inferred(String from) implements Origin {
        @Override
        public String toString() {
            return "inferred from " + from;
        }
    }

    /// Found out by asking somebody else, as in `Prometheus: Istio, of OpenTelemetry, ...`; or not found out, and why.
    record Asked(String words) implements Origin {
        @Override
        public String toString() {
            return words;
        }
    }

    /// The program's own default; see `built-in.yaml`.
    record BuiltIn() implements Origin {
        @Override
        public String toString() {
            return "built-in";
        }
    }

    /// As exact as we know it, for messages: `lastgood.yaml:14:5`.
    default String position() {
        return toString();
    }
}
