/// What the engine asks of a service's database. Each port follows the rules of [lastgood.engine.port.Workloads]: a
/// look changes nothing; a change is conditional on what was seen and throws [lastgood.engine.port.WorldMoved] if that
/// is no longer so, [lastgood.engine.port.Unreachable] if nobody can tell whether it was made, and
/// [lastgood.engine.port.Forbidden], with the missing GRANT, if it was refused and not made.
///
/// A change may block for as long as it takes (a backup takes minutes). A second caller finds it underway and does not
/// begin it again.
@NullMarked
package lastgood.engine.port.database;

import org.jspecify.annotations.NullMarked;
