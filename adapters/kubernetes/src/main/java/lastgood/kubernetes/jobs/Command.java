package lastgood.kubernetes.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Redaction;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;

/// What is to be run, and under which name it is found again.
///
/// @param image as it was asked for: a release's digest or version
/// @param words the program and its arguments
record Command(
        ServiceRef service,
        String image,
        List<String> words,
        SortedMap<String, String> extra,
        Duration limit,
        Fence fence) {

    /// The name of a Job is a label of its pods, which have five letters more: 63 is the most, and leaves room for the
    /// number of an attempt.
    private static final int NAME_MAX = 52;

    private static final int HASH = 10;

    Command {
        words = List.copyOf(words);
        extra = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(extra));
        if (words.isEmpty() || words.getFirst().isBlank()) {
            throw new Forbidden("there is no command to run for %s\nnothing was changed".formatted(service));
        }
        extra.forEach(Command::requireNoSecret);
    }

    /// Whoever may read Jobs could read it.
    private static void requireNoSecret(String name, String value) {
        if (Redaction.namesASecret(name)
                || !new Redaction(List.of()).clean(value).equals(value)) {
            throw new Forbidden(
                    "the variable %s looks like a secret, and would be readable in the Job\nnothing was changed\nhint: put it into a Secret that the service's own pods read"
                            .formatted(name));
        }
    }

    /// `lg-rb-0k3f9a2c-60-undo-1f0c…`: of the key alone, so the same key finds the same Job, whoever asks.
    ///
    /// @param attempt from 1; another one only where the Job before is known never to have begun
    String name(int attempt) {
        var readable = ("lg-" + fence.key()).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        var room = NAME_MAX - HASH - 1;
        var start = readable.length() > room ? readable.substring(0, room) : readable;
        var name = start.replaceAll("-+$", "") + "-"
                + Digest.of(fence.key()).brief().substring(0, HASH);
        return attempt == 1 ? name : name + "-" + attempt;
    }

    /// Tells another command under the same key.
    String digest() {
        return Digest.of(image + "\n" + String.join("\u0000", words)).brief();
    }

    /// For people; arguments may say what nobody else should read.
    String title() {
        return "the command `%s` of %s".formatted(new Redaction(List.of()).clean(String.join(" ", words)), service);
    }
}
