package lastgood.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How this program starts itself again, as a process of its own: the same Java, options and class path. `./lastgood`
/// says in system properties how it was started; without them (from an IDE) the running JVM's own are taken.
final class Launch {

    private Launch() {}

    static List<String> words() {
        var words = new ArrayList<String>();
        words.add(System.getProperty(
                "lastgood.java",
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        var options = System.getProperty("lastgood.jvm.options", "").strip();
        if (!options.isEmpty()) {
            words.addAll(List.of(options.split(" +", -1)));
        }
        var cache = System.getProperty("lastgood.jvm.cache", "");
        if (!cache.isEmpty()) {
            words.add("-XX:AOTCache=" + cache);
        }
        for (var property :
                List.of("lastgood.launcher", "lastgood.java", "lastgood.jvm.options", "lastgood.jvm.cache")) {
            var value = System.getProperty(property);
            if (value != null) {
                words.add("-D%s=%s".formatted(property, value));
            }
        }
        words.add("-cp");
        words.add(System.getProperty("java.class.path"));
        words.add(Main.class.getName());
        return words;
    }
}
