package lastgood.core;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/// Takes out of a text what must not be handed on: values that are known to be secret, and what looks like one.
/// Better a star too many than a password in an incident's folder.
public final class Redaction {

    private static final String STARS = "********";

    /// Shorter ones would blot out ordinary words.
    private static final int LENGTH_MIN = 4;

    private record Rule(Pattern pattern, String to) {}

    private static final List<Rule> LOOKS = List.of(
            new Rule(
                    Pattern.compile(
                            "(?i)(authorization[\"']?\\s*[:=]\\s*[\"']?)(?:(?:bearer|basic|digest)\\s+)?[^\\s\"',;]+"),
                    "$1" + STARS),
            new Rule(Pattern.compile("(?i)\\b(bearer|basic)\\s+[A-Za-z0-9._~+/=-]{8,}"), "$1 " + STARS),
            new Rule(
                    Pattern.compile(
                            "(?i)((?:password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key)[\"']?\\s*[:=]\\s*[\"']?)[^\\s\"',;&}]+"),
                    "$1" + STARS),
            new Rule(Pattern.compile("(://[^\\s/:@]*:)[^\\s/@]+(@)"), "$1" + STARS + "$2"),
            new Rule(
                    Pattern.compile(
                            "-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"),
                    STARS));

    private final List<String> known;

    public Redaction(Collection<String> known) {
        this.known = known.stream()
                .filter(s -> s.length() >= LENGTH_MIN)
                .sorted((a, b) -> Integer.compare(b.length(), a.length()))
                .toList();
    }

    public String clean(String text) {
        var cleaned = text;
        for (var secret : known) {
            cleaned = cleaned.replace(secret, STARS);
        }
        for (var look : LOOKS) {
            cleaned = look.pattern().matcher(cleaned).replaceAll(look.to());
        }
        return cleaned;
    }
}
