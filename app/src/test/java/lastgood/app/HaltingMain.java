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
import lastgood.core.data.WriteAccess;
import lastgood.engine.Ports;
import lastgood.engine.port.Configs;
import lastgood.engine.port.EvidenceStore;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Locks;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Workloads;
import lastgood.engine.port.database.Access;
import lastgood.engine.port.database.Backups;
import lastgood.engine.port.database.Databases;
import lastgood.engine.port.database.Schemas;

/// The real program, which dies at a given touch of the world as if it had been killed: `HaltingMain N before|after
/// VERB …`. Only what changes something counts as a touch: between two of them nothing can be lost.
///
/// Instead of N there may be the name of what is done to the database, as [#ofDatabase] calls it: it dies there when
/// that is done for the first time, however many touches came before.
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
        var death = new Death(args[0], args[1].equals("before"), new AtomicInteger());
        var rest = List.of(args).subList(2, args.length).toArray(String[]::new);
        try (var machine = new ThisMachine(System.getenv())) {
            System.exit(new Cli(mortal(machine, death), List.of()).run(rest));
        }
    }

    /// @param at the number of a touch, or the name of what is done to the database
    private record Death(String at, boolean before, AtomicInteger count) {

        /// Whether this is the touch.
        boolean isNow(Method method, Object[] arguments) {
            return Character.isDigit(at.charAt(0))
                    ? CHANGES.contains(method.getName()) && count.incrementAndGet() == Integer.parseInt(at)
                    : ofDatabase(method, arguments).equals(at) && count.incrementAndGet() == 1;
        }
    }

    /// `close`, `open`, `take`, `verify`, `undo`, …; empty if it is not done to the database.
    private static String ofDatabase(Method method, Object[] arguments) {
        if (!method.getDeclaringClass().getPackage().equals(Databases.class.getPackage())) {
            return "";
        }
        return method.getDeclaringClass() == Access.class
                        && method.getName().equals("set")
                        && arguments[1] instanceof WriteAccess to
                ? to.isClosed() ? "close" : "open"
                : method.getName();
    }

    private static Host mortal(ThisMachine machine, Death death) {
        InvocationHandler handler = (_, method, arguments) -> {
            var answer = call(machine, method, arguments);
            return method.getName().equals("open") && answer instanceof Session session
                    ? mortal(session, death)
                    : answer;
        };
        return (Host) Proxy.newProxyInstance(Host.class.getClassLoader(), new Class<?>[] {Host.class}, handler);
    }

    private static Session mortal(Session s, Death death) {
        var p = s.ports();
        var ports = new Ports(
                        mortal(JournalStore.class, p.journals(), death),
                        mortal(Locks.class, p.locks(), death),
                        p.drivers(),
                        mortal(Workloads.class, p.workloads(), death),
                        mortal(Configs.class, p.configs(), death),
                        mortal(Traffic.class, p.traffic(), death),
                        mortal(Ledgers.class, p.ledgers(), death),
                        mortal(EvidenceStore.class, p.evidence(), death),
                        p.checks(),
                        new Databases(
                                mortal(Access.class, p.databases().access(), death),
                                mortal(Schemas.class, p.databases().schemas(), death),
                                p.databases().points(),
                                mortal(Backups.class, p.databases().backups(), death),
                                p.databases().repairs(),
                                p.databases().integrity()),
                        p.time())
                .counting(p.telemetry(), p.probes());
        return new Session(
                s.effective(),
                s.service(),
                s.strategy(),
                s.policy(),
                s.instances(),
                ports,
                s.revisions(),
                s.metrics(),
                s.watch(),
                s.faults(),
                s.notices(),
                s.preflight(),
                s.questions(),
                s.executor(),
                s.agent(),
                s.home(),
                s.owner());
    }

    private static <T> T mortal(Class<T> port, T real, Death death) {
        InvocationHandler handler = (_, method, arguments) -> {
            var last = death.isNow(method, arguments);
            if (last && death.before()) {
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
