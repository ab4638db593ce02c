package lastgood.testkit.kube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/// A Kubernetes API that a test may do anything to. Pods come to life by their image's tag: `nopull…` never gets its
/// image, `crash…` dies again and again, `unready…` runs and is never ready, `slow<N>…` takes N seconds, anything else
/// is ready at once.
public interface Cluster extends AutoCloseable {

    /// What a failing test should call it, such as `simulated` or `real v1.20.2`.
    String name();

    /// Where the API answers.
    URI url();

    /// A bearer token that may do everything.
    String token();

    /// The certificate authority in PEM; empty if the API speaks plain HTTP.
    String authority();

    @Override
    void close();

    /// A kubeconfig with one context, `test`, for whoever wants to come in like a user does.
    default Path kubeconfig(Path file, String namespace) {
        var authority = authority().isEmpty()
                ? ""
                : "    certificate-authority-data: "
                        + java.util.Base64.getEncoder()
                                .encodeToString(authority().getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        + "\n";
        var text = """
                apiVersion: v1
                kind: Config
                current-context: test
                clusters:
                - name: test
                  cluster:
                    server: %s
                %scontexts:
                - name: test
                  context: { cluster: test, user: admin, namespace: %s }
                users:
                - name: admin
                  user: { token: %s }
                """.formatted(url(), authority, namespace, token());
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
