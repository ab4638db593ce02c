package lastgood.cli;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import lastgood.config.Effective;
import lastgood.core.Ledger;
import lastgood.core.Person;
import lastgood.core.RunId;
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
import lastgood.engine.port.Preflight;
import lastgood.engine.port.Revisions;
import lastgood.engine.port.database.DatabaseQuestions;
import lastgood.engine.port.database.NoDatabase;
import lastgood.engine.watch.WatchConfig;

/// One service in one environment, with everything that can be asked of it.
///
/// @param instances how many a new workload gets
/// @param watch where a watch gets what it judges, and by which rules
/// @param preflight what would stop a plan here
/// @param questions about the database, beyond what steps ask
/// @param agent [Agent#none] where the platform keeps things running by itself
/// @param home where the records of runs are kept, as people read it: `cluster (CRDs v1alpha1)`
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
        WatchConfig watch,
        Faults faults,
        Notices notices,
        Preflight preflight,
        DatabaseQuestions questions,
        Executor executor,
        Agent agent,
        Supplier<String> home,
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

    /// Keeps what the platform shows of releases that were put out on past us. What was read has it already; to append
    /// nothing to that is to write it down.
    public Ledger record() {
        var seen = ports.ledgers().read(service);
        ports.ledgers().append(seen, List.of());
        return seen;
    }

    /// Whether what runs here needs a process of ours to go on running.
    public boolean hasAgent() {
        return !(agent instanceof Agent.None);
    }

    /// Whether a database goes back with the service.
    public boolean hasDatabase() {
        return effective.service().database() != null && !(questions instanceof NoDatabase);
    }

    /// `-e production -s web`, or `-n shop deploy/web`, for commands that are printed.
    public String flags() {
        return effective.address().full();
    }

    /// A run, as commands that are printed name it. On a cluster with where to look for it: asking all of them takes
    /// time, and some of them may not answer.
    public String named(RunId run) {
        if (hasAgent()) {
            return run.text();
        }
        return "%s %s"
                .formatted(
                        run,
                        effective.address().isFromFile() ? effective.address().place() : flags());
    }

    public Session withPolicy(Policy other) {
        return new Session(
                effective, service, strategy, other, instances, ports, revisions, metrics, watch, faults, notices,
                preflight, questions, executor, agent, home, owner);
    }

    /// The same, on somebody else's behalf.
    public Session by(Person other) {
        return new Session(
                effective,
                service,
                strategy,
                policy,
                instances,
                ports,
                revisions,
                metrics,
                watch,
                faults,
                notices,
                preflight,
                questions,
                executor,
                agent,
                home,
                new Owner(owner.process(), other));
    }
}
