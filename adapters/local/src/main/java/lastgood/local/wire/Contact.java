package lastgood.local.wire;

import lastgood.local.process.ProcessId;

/// How to reach the agent: what is in `agent.json`, for its owner's eyes only.
///
/// @param protocol a client of another number does not talk to it
/// @param start with `pid`: the process that serves, see [ProcessId]
/// @param since when it started, in milliseconds since 1970
public record Contact(int protocol, int port, String token, long pid, String start, long since) {

    public static final int PROTOCOL = 1;

    public ProcessId process() {
        return new ProcessId(pid, start);
    }

    @Override
    public String toString() {
        return "agent %d at 127.0.0.1:%d".formatted(pid, port);
    }
}
