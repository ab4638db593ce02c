package lastgood.testkit.kube.sim;

/// A request that was answered, or was not: then the status is 0. A watch is reported when it ends.
public record Exchange(Request request, int status, long bytesIn, long bytesOut) {}
