/// Reads and explains lastgood.yaml.
@NullMarked
package lastgood.config;

import org.jspecify.annotations.NullMarked;
