package lastgood.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// The names that a cluster's own name server would know, for tests in this JVM; every other name is the machine's.
public final class ClusterNames extends InetAddressResolverProvider {

    private static volatile Function<String, Optional<byte[]>> names = _ -> Optional.empty();

    /// @param known the address of a name, if it is the cluster's
    static void are(Function<String, Optional<byte[]>> known) {
        names = known;
    }

    static void areForgotten() {
        names = _ -> Optional.empty();
    }

    @Override
    public String name() {
        return "the cluster's names, for tests";
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        var machine = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                var ours = names.apply(host);
                return ours.isPresent()
                        ? Stream.of(InetAddress.getByAddress(host, ours.get()))
                        : machine.lookupByName(host, policy);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return machine.lookupByAddress(address);
            }
        };
    }
}
