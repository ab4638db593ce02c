package lastgood.app;

import java.lang.reflect.Proxy;

/// Ctrl-C and SIGTERM. The JDK has no supported way but the end of the JVM; `sun.misc.Signal` is kept for everyone
/// who needs another, and is reached by name, because naming it in source is a warning that cannot be switched off.
final class Signals {

    private Signals() {}

    /// Calls that whenever the signal comes. Where there are no signals, nothing happens, and Ctrl-C ends the process.
    static void handle(String name, Runnable action) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var ours = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                        switch (method.getName()) {
                            case "handle" -> action.run();
                            case "equals" -> {
                                return args != null && args.length == 1 && self == args[0];
                            }
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            default -> {
                                return "lastgood's handler of " + name;
                            }
                        }
                        return null;
                    });
            var one = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, one, ours);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            System.err.println("note: %s cannot be caught here: %s".formatted(name, e.getMessage()));
        }
    }
}
