package lastgood.config;

/// One line of `config effective`.
///
/// @param key as in the file, below the service: `local.instances`
/// @param value as it would be written; stars where it looks like a secret
/// @param origin why it is so
public record Row(String key, String value, Origin origin) {}
