/// What other systems say about a release: alerts and security reports over HTTP, kept in a file until they end. And
/// what this process has to remember of a database's soundness.
@NullMarked
package lastgood.signals;

import org.jspecify.annotations.NullMarked;
