package lastgood.kubernetes.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import lastgood.engine.port.Forbidden;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.api.Rights;

/// Reads values of Secrets by their names, each time anew: a password that was changed meanwhile is the new one, and
/// none is kept here. No message says anything of a value, not even how long it is.
public final class KubeSecrets {

    private final Api api;

    public KubeSecrets(Api api) {
        this.api = api;
    }

    /// @throws Forbidden if it is not there, may not be read (with the very line of the Role), or is no text
    ///
    /// @param name and `key`: as in `secretRef: NAME/KEY`
    public String read(String namespace, String name, String key) {
        var data = secret(namespace, name).path("data");
        if (!data.path(key).isTextual()) {
            throw new Forbidden("the Secret %s in %s has no key `%s`; it has %s\nnothing was changed"
                    .formatted(name, namespace, key, keys(data)));
        }
        try {
            var bytes = Base64.getDecoder().decode(data.path(key).asText());
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (IllegalArgumentException | CharacterCodingException noText) {
            throw new Forbidden(
                    "the value %s/%s in %s is no text\nnothing was changed".formatted(name, key, namespace));
        }
    }

    private JsonNode secret(String namespace, String name) {
        try {
            return api.find(Kind.SECRET, namespace, name)
                    .orElseThrow(() -> new Forbidden(
                            "there is no Secret %s in %s\nnothing was changed\nhint: is the name in `secretRef` right? it is written NAME/KEY"
                                    .formatted(name, namespace)));
        } catch (Forbidden e) {
            if (e.getMessage().startsWith("there is no")) {
                throw e;
            }
            throw new Forbidden("may not read the Secret %s in %s\nnothing was changed\nhint: add to the Role: %s"
                    .formatted(name, namespace, Rights.rule("", "secrets", List.of(name), List.of("get"))));
        }
    }

    private static String keys(JsonNode data) {
        var keys = new ArrayList<String>();
        data.fieldNames().forEachRemaining(keys::add);
        return keys.isEmpty() ? "none" : String.join(", ", keys);
    }
}
