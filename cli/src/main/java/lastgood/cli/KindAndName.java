package lastgood.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import lastgood.config.WorkloadRef;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// Lets people write `deploy/web` where a service is meant, as they do for `kubectl`: it becomes `--workload
/// deploy/web`.
///
/// It is done to the words, before they are read, because a second positional parameter would have to know its place
/// among those of the verb, and nobody should have to: `release show 41 deploy/web` and `release show deploy/web 41`
/// mean the same.
final class KindAndName {

    /// Anything of that form counts once a namespace was named, so that a misspelt kind is told apart from a file.
    private static final Pattern FORM = Pattern.compile("[A-Za-z][A-Za-z.]*/[^/]*");

    private static final List<String> NAMESPACE = List.of("-n", "--namespace");

    private KindAndName() {}

    static String[] asOption(CommandLine root, String... args) {
        var words = List.of(args);
        var spec = root.getCommandSpec();
        var namespace = words.stream()
                .takeWhile(w -> !w.equals("--"))
                .anyMatch(w -> NAMESPACE.contains(w) || w.startsWith("--namespace=") || w.matches("-n[^=].*"));
        var said = new ArrayList<String>();
        for (var i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (word.equals("--")) {
                said.addAll(words.subList(i, words.size()));
                break;
            }
            var below = spec.subcommands().get(word);
            if (below != null) {
                spec = below.getCommandSpec();
            } else if (takesNext(spec, word) && i + 1 < words.size()) {
                said.add(word);
                i++;
            } else if (isMeant(spec, word, namespace)) {
                said.add(Where.WORKLOAD);
            }
            said.add(words.get(i));
        }
        return said.toArray(String[]::new);
    }

    private static boolean isMeant(CommandSpec spec, String word, boolean namespace) {
        return spec.findOption(Where.WORKLOAD) != null
                && FORM.matcher(word).matches()
                && spec.positionalParameters().stream()
                        .noneMatch(p -> p.paramLabel().equals("SERVICE"))
                && (namespace || WorkloadRef.isKind(word.substring(0, word.indexOf('/'))));
    }

    private static boolean takesNext(CommandSpec spec, String word) {
        var option = spec.findOption(word);
        return word.startsWith("-") && option != null && option.arity().max() > 0;
    }
}
