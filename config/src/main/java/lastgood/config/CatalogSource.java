package lastgood.config;

import java.nio.file.Path;

/// The document a catalogue was read from.
///
/// @param file as it is called in messages
/// @param folder what relative paths count from
/// @param isFile whether there is such a file; else the document was made of what the command line says
record CatalogSource(String file, Path folder, Tree document, boolean isFile) {}
