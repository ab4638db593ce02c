/// How things lie on disk: durable writes, locks between processes, files of lines.
@NullMarked
package lastgood.local.files;

import org.jspecify.annotations.NullMarked;
