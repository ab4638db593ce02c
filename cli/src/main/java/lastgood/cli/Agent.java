package lastgood.cli;

import java.util.Optional;

/// The process that keeps a data folder's services running and carries on what a crash left behind.
public interface Agent {

    /// Who it is, such as `pid 4711`, if it answers.
    Optional<String> alive();

    /// Starts it in the background and waits until it answers. Does nothing if it does already.
    ///
    /// @throws Failure if it cannot be started
    void start();

    /// Asks it to end and waits until it has.
    ///
    /// @return whether there was one
    boolean stop();

    /// Is the agent: returns when it was asked to end.
    void run() throws InterruptedException;
}
