/// Fakes with faults built in, and the contract suites that keep them honest.
@NullMarked
package lastgood.testkit;

import org.jspecify.annotations.NullMarked;
