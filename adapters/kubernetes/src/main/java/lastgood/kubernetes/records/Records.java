package lastgood.kubernetes.records;

import lastgood.kubernetes.api.Kind;

/// The kinds of our own. They are made by `lastgood cluster install`; without them the same records are kept in
/// ConfigMaps, see [Cabinet].
public final class Records {

    public static final String GROUP = "lastgood.dev";
    public static final String VERSION = "v1alpha1";

    /// One for each run, whatever it is for.
    public static final Kind ROLLBACK = Kind.of(GROUP, "Rollback", "rollbacks", VERSION);

    /// What a release is made of, so that it can be put back after everyone else has thrown it away.
    public static final Kind RELEASE = Kind.of(GROUP, "Release", "releases", VERSION);

    /// A service's history of releases and verdicts.
    public static final Kind LEDGER = Kind.of(GROUP, "Ledger", "ledgers", VERSION);

    /// At most one run changes a service.
    public static final Kind SERVICE_LOCK = Kind.of(GROUP, "ServiceLock", "servicelocks", VERSION);

    /// On everything of ours: the service it is about.
    public static final String SERVICE_LABEL = "lastgood.dev/service";

    private Records() {}
}
