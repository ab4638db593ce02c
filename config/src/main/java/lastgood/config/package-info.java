/// Reads and explains `lastgood.yaml`: YAML text in, typed records, origins and problems out.
///
/// No clock, no environment and no network in here. Environment variables come in as a map; the file system is
/// read in two places only, [ConfigLoader] and [Discovery], and for secrets in [SecretReader].
@NullMarked
package lastgood.config;

import org.jspecify.annotations.NullMarked;
