package lastgood.core;

/// One service in one environment: what a rollback acts on, and what is locked while it does.
///
/// @param environment such as `production`; there is never a default
/// @param service such as `intelgraph-server`
public record ServiceRef(String environment, String service) implements Comparable<ServiceRef> {

    public ServiceRef {
        Names.label("environment", environment);
        Names.label("service", service);
    }

    /// Reads `production/intelgraph-server`.
    public static ServiceRef parse(String text) {
        var slash = text.indexOf('/');
        if (slash < 0) {
            throw new InvalidName("`%s` is not environment/service".formatted(Names.printable(text)));
        }
        return new ServiceRef(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public int compareTo(ServiceRef other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return environment + "/" + service;
    }
}
