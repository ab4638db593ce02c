/// Puts back what a bad migration damaged and keeps what was written since: a three-way comparison of whole databases
/// in bounded memory ([Assessor]), and one transaction that does what the comparison showed and nothing else
/// ([Salvager]).
@NullMarked
package lastgood.postgres.salvage;

import org.jspecify.annotations.NullMarked;
