package lastgood.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Takes out of a text what must not be handed on: values that are known to be secret, and what looks like one.
/// Better a star too many than a password in an incident's folder.
public final class Redaction {

    public static final String STARS = "********";

    /// Shorter ones would blot out ordinary words.
    private static final int LENGTH_MIN = 4;

    /// A quote as it stands in a text, or escaped once or more in JSON that holds JSON.
    private static final String QUOTE = "\\\\{0,4}[\"']";

    /// What a name of a secret has in it, between any other words of that name.
    private static final String SECRET_NAME = "(?:pass(?:word|wd|phrase|code)?s?|pwd|secrets?|tokens?|credentials?"
            + "|api[-_.]?keys?|access[-_.]?keys?|account[-_.]?key|private[-_.]?key|signing[-_.]?key"
            + "|encryption[-_.]?key|auth[-_.]?key|master[-_.]?key|session[-_.]?(?:id|key)|cookie|dsn|sas)";

    private static final Pattern NAME = Pattern.compile(
            "(?i)(?:^|.*[^a-z]|.*(?-i:[a-z](?=[A-Z])))" + SECRET_NAME + "(?:$|[^a-z].*|(?-i:(?=[A-Z]).*)|\\d.*)");

    private record Rule(Pattern pattern, String to) {
        Rule(String pattern, String to) {
            this(Pattern.compile(pattern), to);
        }
    }

    private static final List<Rule> LOOKS = List.of(
            // a key in PEM, on lines of its own or in JSON with `\n`; to the end if its end was cut off
            new Rule(
                    "-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
                            + "[\\s\\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)",
                    STARS),
            // {"name": "DB_PASSWORD", "value": "…"}, as the environment of a container is written
            new Rule(
                    "(?i)(" + QUOTE + "(?:name|key)" + QUOTE + "\\s*:\\s*" + QUOTE + "[\\w.-]{0,80}?" + SECRET_NAME
                            + "[\\w.-]{0,80}" + QUOTE + "\\s*,\\s*" + QUOTE + "value" + QUOTE + "\\s*:\\s*" + QUOTE
                            + ")(?:[^\"\\\\]|\\\\[^\"])*",
                    "$1" + STARS),
            // schemes that are followed by a list of parts
            new Rule("(?i)(authorization[^\\r\\n]{0,8}(?:digest|aws4-hmac-sha256)\\s)[^\\r\\n]*", "$1" + STARS),
            new Rule(
                    "(?i)(authorization(?:" + QUOTE + ")?\\s*[:=]\\s*[\\[({]?(?:" + QUOTE + ")?)"
                            + "(?:(?:bearer|basic|token|negotiate|apikey)\\s+)?[^\\s\"',;\\])}]+",
                    "$1" + STARS),
            new Rule("(?i)\\b(bearer|basic|negotiate)\\s+[A-Za-z0-9._~+/=-]{8,}", "$1 " + STARS),
            new Rule("(?i)\\b((?:set-)?cookie\\s*:\\s*)[^\\r\\n\"]+", "$1" + STARS),
            // JSON Web Tokens, signed or encrypted
            new Rule("\\beyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*){1,4}", STARS),
            // keys that say themselves what they are: AWS, Google, GitHub, GitLab, Slack, Stripe, npm, PyPI, …
            new Rule("\\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}\\b", STARS),
            new Rule("\\bAIza[A-Za-z0-9_-]{30,}", STARS),
            new Rule("\\bya29\\.[A-Za-z0-9_-]{10,}", STARS),
            new Rule("\\bGOCSPX-[A-Za-z0-9_-]{10,}", STARS),
            new Rule("\\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})", STARS),
            new Rule("\\bgl(?:pat|ptt|dt|rt|cbt|ft|soat)-[A-Za-z0-9_-]{16,}", STARS),
            new Rule("\\bxox[abeoprs]-[A-Za-z0-9-]{8,}|\\bxapp-[A-Za-z0-9-]{8,}", STARS),
            new Rule("https://hooks\\.slack\\.com/[A-Za-z]+/[A-Za-z0-9/_-]+", STARS),
            new Rule("\\b(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}", STARS),
            new Rule("\\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{16,}", STARS),
            new Rule("\\b(?:npm|dckr_pat|dop_v1|hvs|hvb|shpat|glsa|lin_api)[_.][A-Za-z0-9_-]{16,}", STARS),
            new Rule("\\bpypi-[A-Za-z0-9_-]{16,}", STARS),
            new Rule("\\bSG\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}", STARS),
            new Rule(
                    "(?i)([?&](?:sig|signature|x-amz-signature|x-amz-credential|x-amz-security-token|code)=)[^&\\s\"']+",
                    "$1" + STARS),
            // user:password@ in URLs of any scheme; a password may hold all but space, quotes and the last @
            new Rule("(://[^\\s/:@\"']*:)[^\\s\"']+?(@(?=[A-Za-z0-9\\[]))(?![^\\s\"'/?#]*@)", "$1" + STARS + "$2"),
            // DB_PASSWORD=…, "apiKey": "…", --token …, client_secret: …; quoted values to the end of the quotes
            new Rule(
                    "(?i)(" + SECRET_NAME + "[\\w.-]{0,40}(?:" + QUOTE
                            + ")?\\s*(?:[:=]|=>)\\s*)(\\\\{0,4})([\"'])(?:(?!\\2\\3)[^\\r\\n])*(\\2\\3)",
                    "$1$2$3" + STARS + "$4"),
            new Rule(
                    "(?i)(" + SECRET_NAME + "[\\w.-]{0,40}(?:" + QUOTE + ")?\\s*(?:[:=]|=>)\\s*)"
                            + "(?!\\\\{0,4}[\"'])(?!\\s*[\\[{])[^\\s\"',;&}]+",
                    "$1" + STARS),
            new Rule("(?i)(\\s--?[\\w-]{0,40}?" + SECRET_NAME + "[\\w-]{0,40}\\s+)[^\\s\"'-][^\\s\"']*", "$1" + STARS));

    private final List<String> known;

    public Redaction(Collection<String> known) {
        this.known = known.stream()
                .flatMap(Redaction::forms)
                .filter(s -> s.length() >= LENGTH_MIN)
                .distinct()
                .sorted((a, b) -> Integer.compare(b.length(), a.length()))
                .toList();
    }

    /// As it is, as Base64, as it stands in JSON; and if it has lines, each that is long enough to be no ordinary word.
    private static Stream<String> forms(String secret) {
        var stripped = secret.strip();
        var encoded = Base64.getEncoder();
        return Stream.of(
                        Stream.of(
                                secret, stripped, stripped.replace("\n", "\\n").replace("\"", "\\\"")),
                        stripped.length() < LENGTH_MIN
                                ? Stream.<String>of()
                                : Stream.of(secret, stripped).map(s -> encoded.encodeToString(s.getBytes(UTF_8))),
                        stripped.lines().map(String::strip).filter(l -> l.length() >= 2 * LENGTH_MIN))
                .flatMap(s -> s);
    }

    /// Whether a value of that name is to be taken out whatever it looks like: `DB_PASSWORD`, `apiKey`.
    public static boolean namesASecret(String name) {
        return NAME.matcher(name).matches();
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
