package lastgood.config;

import static java.util.stream.Collectors.joining;

import java.util.List;

/// What became of reading a configuration file.
public sealed interface Loaded {

    record Ok(Catalog catalog) implements Loaded {}

    /// Nothing of it is used: half a configuration is a different configuration.
    ///
    /// @param problems all that could be found, top of the file first; not empty
    record Invalid(String file, List<Problem> problems) implements Loaded {
        public Invalid {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("invalid, but nothing is wrong");
            }
        }

        /// For a person: what follows from it, then each problem with its place and a way on.
        public String text() {
            var count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
            return problems.stream()
                    .map(Problem::toString)
                    .collect(joining(
                            "\n", "%s has %s and was not used; nothing was changed\n".formatted(file, count), ""));
        }
    }
}
