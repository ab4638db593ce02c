package lastgood.kubernetes.records;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/// Journal lines as one piece of text for a field of an object. The lines of a run say the same names over and over, so
/// they take a sixth of their size this way, and every byte of them, with its hash chain, is in the cluster: there
/// is no second half of a record in some other place that could be lost.
final class Packed {

    private Packed() {}

    static String pack(List<String> lines) {
        var packed = new ByteArrayOutputStream();
        try (var out = new DeflaterOutputStream(packed, new Deflater(Deflater.BEST_COMPRESSION))) {
            for (var line : lines) {
                out.write(line.getBytes(UTF_8));
                out.write('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return Base64.getEncoder().encodeToString(packed.toByteArray());
    }

    /// @throws IllegalArgumentException if it is not what [#pack] made
    static List<String> unpack(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        try (var in = new InflaterInputStream(
                new ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
            return new String(in.readAllBytes(), UTF_8).lines().toList();
        } catch (IOException e) {
            throw new IllegalArgumentException("it was cut off or altered", e);
        }
    }
}
