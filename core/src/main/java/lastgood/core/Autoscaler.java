package lastgood.core;

/// Who else decides how many instances a workload has.
public sealed interface Autoscaler {

    /// Nobody: a number stays until somebody changes it.
    record None() implements Autoscaler {}

    /// An object of its own, with an identity and a version of its own: a HorizontalPodAutoscaler, a ScaledObject.
    ///
    /// @param kind what it is, in the platform's words
    /// @param uid differs between it and one created later under the same name
    /// @param stamp the world's own version of its bounds; changes with each change of them
    /// @param mark the key of lastgood's last change to it, or empty
    record Bounds(String kind, String name, String uid, String stamp, Capacity capacity, String mark)
            implements Autoscaler {}
}
