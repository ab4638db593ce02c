/// What a release does to a database, and what can be done about it: facts, proofs, counts. As everywhere in core,
/// no connection and no clock; adapters read, this package says what it means.
@NullMarked
package lastgood.core.data;

import org.jspecify.annotations.NullMarked;
