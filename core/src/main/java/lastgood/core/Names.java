package lastgood.core;

import java.util.regex.Pattern;

/// The one place that says which text may name something.
///
/// Names travel into file names, HTTP headers, argument lists and reports, so what could be read
/// there as an option, a path or a control sequence is refused when the name is made, never later.
final class Names {

    /// Environments, services and workloads: what Kubernetes allows as a label (RFC 1123), 63 characters.
    static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /// Versions: image tags (128 characters) and semantic versions, never a leading `-` or `.`.
    static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,127}");

    private Names() {}

    static String require(Pattern pattern, String what, String text, String rule) {
        if (!pattern.matcher(text).matches()) {
            throw new InvalidName("%s `%s` is not valid: %s".formatted(what, printable(text), rule));
        }
        return text;
    }

    static String label(String what, String text) {
        return require(LABEL, what, text, "use lower-case letters, digits and `-`, at most 63, not at the ends");
    }

    /// What is left of hostile text when it has to be shown: no control characters, at most 80 characters.
    static String printable(String text) {
        var shown = text.replaceAll("\\p{Cntrl}", "?");
        return shown.length() <= 80 ? shown : shown.substring(0, 77) + "...";
    }
}
