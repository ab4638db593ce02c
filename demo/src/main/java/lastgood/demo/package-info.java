/// `lastgood demo`: a real service with real load is broken by a release and put right by the real program, told as it
/// happens. Every number is measured in the run that prints it.
///
/// The demo stands outside of what it shows: it types commands, reads journals and the platform's counters, and asks
/// users how they are. `server` is the service, `load` its users.
@NullMarked
package lastgood.demo;

import org.jspecify.annotations.NullMarked;
