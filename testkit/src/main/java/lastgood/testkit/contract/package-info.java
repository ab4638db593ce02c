/// What every implementation of a port promises, as tests: the fakes and the real adapters pass the same ones.
@NullMarked
package lastgood.testkit.contract;

import org.jspecify.annotations.NullMarked;
