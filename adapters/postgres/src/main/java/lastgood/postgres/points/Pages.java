package lastgood.postgres.points;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import lastgood.core.schema.Statements;

/// What is kept, compressed: a catalog's text shrinks to a tenth.
final class Pages {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Pages() {}

    static byte[] packed(Statements statements) {
        try {
            return packed(JSON.writeValueAsString(statements));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of strings can be written", e);
        }
    }

    static Statements statements(byte[] packed) {
        try {
            return JSON.readValue(unpacked(packed), Statements.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what we wrote down cannot be read again", e);
        }
    }

    static byte[] packed(String text) {
        var bytes = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(bytes)) {
            deflater.write(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static String unpacked(byte[] packed) {
        try (var inflater = new InflaterInputStream(new ByteArrayInputStream(packed))) {
            return new String(inflater.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
