package lastgood.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import lastgood.engine.Ports;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Unreachable;

/// A cluster that does not answer.
final class Silence {

    private Silence() {}

    static Ports on(Ports ports) {
        InvocationHandler silence = (_, _, _) -> {
            throw new Unreachable("connection refused");
        };
        var journals = (JournalStore) Proxy.newProxyInstance(
                JournalStore.class.getClassLoader(), new Class<?>[] {JournalStore.class}, silence);
        return new Ports(
                journals,
                ports.locks(),
                ports.drivers(),
                ports.workloads(),
                ports.configs(),
                ports.traffic(),
                ports.ledgers(),
                ports.evidence(),
                ports.checks(),
                ports.databases(),
                ports.time());
    }
}
