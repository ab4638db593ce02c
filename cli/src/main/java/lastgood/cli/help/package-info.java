/// Help beyond `--help`: exit codes, completion, version.
@NullMarked
package lastgood.cli.help;

import org.jspecify.annotations.NullMarked;
