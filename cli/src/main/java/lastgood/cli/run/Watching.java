package lastgood.cli.run;

import java.time.ZoneId;
import lastgood.cli.out.Screen;
import lastgood.core.RunId;
import lastgood.core.plan.Plan;
import lastgood.engine.Progress;
import lastgood.engine.port.Time;

/// Shows a run while it goes on: redrawn where a person looks, a line for each event everywhere else.
interface Watching extends Progress {

    /// A line in between, from whatever thread.
    void note(String text);

    /// Nothing more will come.
    void end();

    static Watching of(Screen screen, Time time, ZoneId zone, RunId run, Plan plan, boolean explain) {
        return screen.moves() && !explain
                ? new LiveSteps(screen, time, zone, run, plan)
                : new Lines(screen, time, zone, run, plan, explain);
    }
}
