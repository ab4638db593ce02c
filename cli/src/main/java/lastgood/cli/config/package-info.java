/// The configuration as the commands show and check it.
@NullMarked
package lastgood.cli.config;

import org.jspecify.annotations.NullMarked;
