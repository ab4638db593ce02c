package lastgood.kubernetes.checks;

/// Whether two names of an image mean the same bits. Admission rewrites them in pods: to a mirror of the registry, or
/// from a tag to its digest.
final class Images {

    private Images() {}

    static boolean same(String one, String other) {
        if (one.equals(other)) {
            return true;
        }
        var a = Name.of(one);
        var b = Name.of(other);
        return a.repository().equals(b.repository()) && agree(a.tag(), b.tag()) && agree(a.digest(), b.digest());
    }

    /// What only one of them says does not contradict the other.
    private static boolean agree(String a, String b) {
        return a.isEmpty() || b.isEmpty() || a.equals(b);
    }

    /// @param repository the last part of it: what is before is the registry's, and mirrors have their own
    private record Name(String repository, String tag, String digest) {

        static Name of(String image) {
            var at = image.indexOf('@');
            var digest = at < 0 ? "" : image.substring(at + 1);
            var last = (at < 0 ? image : image.substring(0, at)).replaceFirst("^.*/", "");
            var colon = last.indexOf(':');
            var tag = colon < 0 ? (at < 0 ? "latest" : "") : last.substring(colon + 1);
            return new Name(colon < 0 ? last : last.substring(0, colon), tag, digest);
        }
    }
}
