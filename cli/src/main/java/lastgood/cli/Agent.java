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

    /// For an environment that needs none: what runs there is kept running by somebody else.
    static Agent none() {
        return new None();
    }

    record None() implements Agent {
        @Override
        public Optional<String> alive() {
            return Optional.empty();
        }

        @Override
        public void start() {
            throw new IllegalStateException("there is no agent here that could be started");
        }

        @Override
        public boolean stop() {
            return false;
        }

        @Override
        public void run() {
            throw new IllegalStateException("there is no agent here that could run");
        }
    }
}
