package lastgood.kubernetes.cnpg;

import lastgood.kubernetes.api.Kind;

/// The kinds of CloudNativePG, and what its objects say that we read.
public final class CnpgKinds {

    public static final Kind CLUSTER = Kind.of("postgresql.cnpg.io", "Cluster", "clusters", "v1");
    public static final Kind BACKUP = Kind.of("postgresql.cnpg.io", "Backup", "backups", "v1");

    /// Of the Barman Cloud plugin; it keeps there what the Cluster's status has for the built-in store.
    public static final Kind OBJECT_STORE = Kind.of("barmancloud.cnpg.io", "ObjectStore", "objectstores", "v1");

    static final String HIBERNATION = "cnpg.io/hibernation";
    static final String OF_CLUSTER = "cnpg.io/cluster";
    static final String HEALTHY = "Cluster in healthy state";
    static final String ARCHIVING = "ContinuousArchiving";

    private CnpgKinds() {}
}
