package lastgood.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lastgood.cli.out.Streams;
import lastgood.config.Catalog;
import lastgood.config.Effective;
import lastgood.core.RunId;
import lastgood.core.plan.Plan;
import lastgood.engine.port.Time;

/// What the command line asks of whoever starts it: the process it lives in, and the adapters.
public interface Host {

    /// The environment variables of the process.
    Map<String, String> variables();

    Path workingFolder();

    Streams streams();

    Time time();

    /// A name that no run has had.
    RunId newRun(Plan.Kind kind);

    /// Everything for one service. Reaches nothing yet.
    ///
    /// @throws Failure if there is no adapter for what the environment runs on
    Session open(Catalog catalog, Effective effective);

    /// The agent of a data folder.
    ///
    /// @param config the file it reads, and reads again when it changes
    Agent agent(Path config, Path data);

    /// What lastgood needs of the cluster that an environment is on. Reaches nothing yet.
    ///
    /// @throws Failure if the environment is on no cluster
    ClusterAdmin cluster(Catalog catalog, Effective effective);

    /// Calls that each time somebody asks this process to stop (Ctrl-C, SIGTERM), instead of ending it.
    void onStopSignal(Runnable action);

    /// Ends the process now, without waiting for anything.
    void exitNow(int code);

    /// The words that start this program from a shell script.
    List<String> launcher();

    String version();
}
