/// The command line: words in, plans and reports out. [Verbs] lists what there is, [Exit] what a script may rely on.
///
/// Sees ports and the configuration, never an adapter: whoever starts it brings a [Host].
@NullMarked
package lastgood.cli;

import org.jspecify.annotations.NullMarked;
