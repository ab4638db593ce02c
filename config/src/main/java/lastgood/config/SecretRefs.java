package lastgood.config;

import java.util.Optional;

/// Reads `{env: NAME}`, `{file: PATH}`, `{secretRef: NAME/KEY}` and `{exec: COMMAND}`.
final class SecretRefs {

    private SecretRefs() {}

    /// Empty if this is not a reference.
    static Optional<SecretRef> in(Tree tree) {
        return Optional.<SecretRef>empty()
                .or(() -> text(tree, "env").map(SecretRef.Env::new))
                .or(() -> text(tree, "file").map(SecretRef.InFile::new))
                .or(() -> text(tree, "exec").map(SecretRef.Exec::new))
                .or(() -> text(tree, "secretRef").map(SecretRefs::inCluster));
    }

    private static Optional<String> text(Tree tree, String key) {
        return tree.at(key).flatMap(Tree::scalar);
    }

    private static SecretRef inCluster(String text) {
        var slash = text.indexOf('/');
        return new SecretRef.InCluster(text.substring(0, slash), text.substring(slash + 1));
    }
}
