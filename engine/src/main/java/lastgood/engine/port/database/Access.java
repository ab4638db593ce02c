package lastgood.engine.port.database;

import java.util.List;
import lastgood.core.ServiceRef;
import lastgood.core.data.WriteAccess;
import lastgood.engine.port.Fence;

/// The write fence: who may write.
public interface Access {

    /// Reads who may write and who still could.
    State look(ServiceRef service);

    /// Sets logins and limit, and, when it closes, ends the sessions of those roles. It gets in through the slots that
    /// are reserved for superusers when all others are taken.
    void set(State seen, WriteAccess to, Fence fence);

    /// @param access now
    /// @param writers sessions that could still write, not counting our own
    /// @param prepared prepared transactions that could still commit; they are named, not ended
    /// @param wal where the write-ahead log stands
    /// @param mark key of whoever of us set it last; empty: nobody
    /// @param remarks what a person should know: who still writes, what a role is used for elsewhere, what
    /// cannot be shut
    record State(
            ServiceRef service,
            WriteAccess access,
            int writers,
            int prepared,
            String wal,
            String mark,
            List<String> remarks) {

        public State {
            remarks = List.copyOf(remarks);
        }

        public State(ServiceRef service, WriteAccess access, int writers, int prepared, String wal, String mark) {
            this(service, access, writers, prepared, wal, mark, List.of());
        }

        /// Whether nothing more can be written.
        public boolean isQuiet() {
            return access.isClosed() && writers == 0 && prepared == 0;
        }
    }
}
