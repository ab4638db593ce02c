package lastgood.testkit.kube.sim;

/// The tag of an image decides what becomes of its pods.
final class ImageTag {

    private ImageTag() {}

    /// `latest` if there is none.
    static String of(String image) {
        var at = image.indexOf('@');
        var name = at < 0 ? image : image.substring(0, at);
        var colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(colon + 1) : "latest";
    }
}
