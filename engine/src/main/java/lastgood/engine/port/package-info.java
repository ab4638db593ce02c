/// What the engine asks of the world. An adapter implements these against one outside system; the testkit
/// implements them with faults built in, and one contract suite holds both to the same words.
@NullMarked
package lastgood.engine.port;

import org.jspecify.annotations.NullMarked;
