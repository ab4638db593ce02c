package lastgood.testkit.contract;

import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.database.Databases;

/// One database for one test of a contract, with what has to be done to it from outside. The schema has `m1` and `m2`
/// applied, both of which can be undone, and `m3` can be applied next.
public interface DatabaseHarness {

    Databases databases();

    ServiceRef service();

    /// Somebody logs in as one of the roles that may write, and stays.
    void connect();

    /// Somebody prepares a transaction that writes, and goes away.
    void prepare();

    /// Somebody else lets another role in, or shuts one out.
    void somebodyChangesRoles();

    /// Somebody changes the catalog by hand.
    void somebodyChangesSchema();

    /// What the catalog was when only `m1` was applied.
    Digest schemaBefore();

    /// One byte of that backup is not as it was written any more.
    void damage(String backup);

    /// Rows are damaged, an earlier state is in a scratch, and what is at stake was counted.
    Counted corrupt();

    /// Somebody changes a damaged row.
    void somebodyWritesDamagedRow();

    /// Whether a damaged row is left in the service's database.
    boolean isDamaged();

    /// @param assessment the digest of what was counted
    record Counted(String scratch, Digest assessment) {}
}
