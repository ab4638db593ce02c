package lastgood.cli;

import java.util.concurrent.Executor;
import lastgood.config.Effective;
import lastgood.core.Person;
import lastgood.core.ServiceRef;
import lastgood.core.Strategy;
import lastgood.core.plan.Policy;
import lastgood.engine.Control;
import lastgood.engine.Engine;
import lastgood.engine.Outbox;
import lastgood.engine.Owner;
import lastgood.engine.Ports;
import lastgood.engine.Progress;
import lastgood.engine.Runs;
import lastgood.engine.port.Faults;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Notices;
import lastgood.engine.port.Revisions;

/// One service in one environment, with everything that can be asked of it.
///
/// @param instances how many a new workload gets
/// @param owner this process and the person at it
public record Session(
        Effective effective,
        ServiceRef service,
        Strategy strategy,
        Policy policy,
        int instances,
        Ports ports,
        Revisions revisions,
        Metrics metrics,
        Faults faults,
        Notices notices,
        Executor executor,
        Agent agent,
        Owner owner) {

    public Engine engine(Progress progress) {
        return new Engine(
                ports, owner, progress, new Outbox(ports.journals(), notices, executor, ports.time(), owner.process()));
    }

    public Control control() {
        return new Control(ports.journals(), ports.time(), owner.process());
    }

    public Runs runs() {
        return new Runs(ports.journals(), ports.drivers());
    }

    public Person person() {
        return owner.person();
    }

    public boolean isProtected() {
        return effective.environment().isProtected();
    }

    /// `-e production -s web`, for commands that are printed.
    public String flags() {
        return "-e %s -s %s".formatted(service.environment(), service.service());
    }

    public Session withPolicy(Policy other) {
        return new Session(
                effective, service, strategy, other, instances, ports, revisions, metrics, faults, notices, executor,
                agent, owner);
    }
}
