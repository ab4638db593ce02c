/// Plans and runs: making one, agreeing to it, carrying it out, and talking to one that is underway.
///
/// The way of every change is the same: [Look] gathers facts, a planner of core decides, [PlanScreen] shows, [Consent]
/// asks, [Carry] carries out and [Report] says what became of it.
@NullMarked
package lastgood.cli.run;

import org.jspecify.annotations.NullMarked;
