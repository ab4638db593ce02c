package lastgood.app;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.cli.Cli;
import lastgood.cli.Host;
import lastgood.cli.Session;
import lastgood.engine.Ports;
import lastgood.engine.port.Configs;
import lastgood.engine.port.EvidenceStore;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Locks;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Workloads;

/// The real program, which dies at a given touch of the world as if it had been killed: `HaltingMain N before|after
/// VERB …`. Only what changes something counts as a touch: between two of them nothing can be lost.
final class HaltingMain {

    /// What a shell reports of a process that was ended by SIGKILL.
    static final int KILLED = 137;

    private static final Set<String> CHANGES = Set.of(
            "append",
            "acquire",
            "release",
            "put",
            "scale",
            "restart",
            "restore",
            "bound",
            "pause",
            "create",
            "remove",
            "shift",
            "maintenance",
            "capture");

    private HaltingMain() {}

    public static void main(String[] args) {
        var touch = Integer.parseInt(args[0]);
        var before = args[1].equals("before");
        var rest = List.of(args).subList(2, args.length).toArray(String[]::new);
        try (var machine = new ThisMachine(System.getenv())) {
            System.exit(new Cli(mortal(machine, touch, before), List.of()).run(rest));
        }
    }

    private static Host mortal(ThisMachine machine, int touch, boolean before) {
        var count = new AtomicInteger();
        InvocationHandler handler = (_, method, arguments) -> {
            var answer = call(machine, method, arguments);
            return method.getName().equals("open") && answer instanceof Session session
                    ? mortal(session, count, touch, before)
                    : answer;
        };
        return (Host) Proxy.newProxyInstance(Host.class.getClassLoader(), new Class<?>[] {Host.class}, handler);
    }

    private static Session mortal(Session s, AtomicInteger count, int touch, boolean before) {
        var p = s.ports();
        var ports = new Ports(
                mortal(JournalStore.class, p.journals(), count, touch, before),
                mortal(Locks.class, p.locks(), count, touch, before),
                p.drivers(),
                mortal(Workloads.class, p.workloads(), count, touch, before),
                mortal(Configs.class, p.configs(), count, touch, before),
                mortal(Traffic.class, p.traffic(), count, touch, before),
                mortal(Ledgers.class, p.ledgers(), count, touch, before),
                mortal(EvidenceStore.class, p.evidence(), count, touch, before),
                p.checks(),
                p.databases(),
                p.time());
        return new Session(
                s.effective(),
                s.service(),
                s.strategy(),
                s.policy(),
                s.instances(),
                ports,
                s.revisions(),
                s.metrics(),
                s.faults(),
                s.notices(),
                s.preflight(),
                s.questions(),
                s.executor(),
                s.agent(),
                s.home(),
                s.owner());
    }

    private static <T> T mortal(Class<T> port, T real, AtomicInteger count, int touch, boolean before) {
        InvocationHandler handler = (_, method, arguments) -> {
            var last = CHANGES.contains(method.getName()) && count.incrementAndGet() == touch;
            if (last && before) {
                Runtime.getRuntime().halt(KILLED);
            }
            var answer = call(real, method, arguments);
            if (last) {
                Runtime.getRuntime().halt(KILLED);
            }
            return answer;
        };
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler));
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
