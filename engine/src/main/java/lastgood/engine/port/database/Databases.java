package lastgood.engine.port.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;

/// The database of the services of one platform, by what is done to it.
public record Databases(
        Access access, Schemas schemas, Points points, Backups backups, Repairs repairs, Integrity integrity) {

    /// For services without one: whatever is asked, is refused.
    public static Databases none() {
        return new Databases(
                none(Access.class),
                none(Schemas.class),
                none(Points.class),
                none(Backups.class),
                none(Repairs.class),
                none(Integrity.class));
    }

    private static <P> P none(Class<P> port) {
        InvocationHandler refuse = (_, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return method.invoke(port, arguments);
            }
            throw new Forbidden("no database is configured%s".formatted(service(arguments)));
        };
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, refuse));
    }

    private static String service(Object[] arguments) {
        return Arrays.stream(arguments)
                .filter(ServiceRef.class::isInstance)
                .map(s -> " for " + s)
                .findFirst()
                .orElse("");
    }
}
