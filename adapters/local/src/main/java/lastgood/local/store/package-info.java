/// What releases consist of, kept under the digest of its content.
@NullMarked
package lastgood.local.store;

import org.jspecify.annotations.NullMarked;
