package lastgood.postgres.salvage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// One message of a client in PostgreSQL's protocol.
///
/// @param kind its letter; 0 for the first of a session, which has none
record Message(int kind, byte[] body) {

    static Message read(DataInputStream in, boolean typed) throws IOException {
        var kind = typed ? in.readUnsignedByte() : 0;
        return new Message(kind, in.readNBytes(in.readInt() - 4));
    }

    void write(OutputStream out) throws IOException {
        var all = new ByteArrayOutputStream();
        if (kind != 0) {
            all.write(kind);
        }
        new DataOutputStream(all).writeInt(body.length + 4);
        all.write(body);
        out.write(all.toByteArray());
        out.flush();
    }

    /// Whether it brings a statement that contains these words, whether to be prepared or to be carried out at once.
    boolean asks(String words) {
        return (kind == 'P' || kind == 'Q') && new String(body, UTF_8).contains(words);
    }
}
