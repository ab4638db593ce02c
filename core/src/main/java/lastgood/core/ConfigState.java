package lastgood.core;

/// What was seen of one config object (a ConfigMap) at one moment. One that does not exist has no state.
///
/// @param uid differs between an object and one created later under the same name
/// @param stamp the world's own version of it; changes with each change
/// @param content the SHA-256 of all it holds, whatever order it is kept in
/// @param mark the key of lastgood's last change to it, or empty; it outlives changes made by others
public record ConfigState(String name, String uid, String stamp, Digest content, String mark) {}
