package lastgood.kubernetes.install;

/// What became of one object, or would become of it.
///
/// @param object as in `CustomResourceDefinition rollbacks.lastgood.dev`
/// @param why what is different; may be empty
public record Change(Did did, String object, String why) {

    public enum Did {
        CREATED,
        UPDATED,
        REMOVED,
        UNCHANGED
    }
}
