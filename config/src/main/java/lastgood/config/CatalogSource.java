package lastgood.config;

import java.nio.file.Path;

/// The document a catalogue was read from.
///
/// @param file as it is called in messages
/// @param folder what relative paths count from
record CatalogSource(String file, Path folder, Tree document) {}
