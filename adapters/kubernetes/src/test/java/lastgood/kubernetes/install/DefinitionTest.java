package lastgood.kubernetes.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DefinitionTest {

    /// Whoever changes it also raises [Definition#SCHEMA]: an older lastgood tells a newer one's definitions by it.
    @Test
    void is_what_was_reviewed() throws IOException {
        Golden.check(
                "crds.golden.yaml",
                Yaml.documents(Definition.ALL.stream().map(Definition::object).toList()));
    }

    @Test
    void rights_are_what_was_reviewed() throws IOException {
        var all = java.util.List.of(Services.rolling("shop"), Services.blueGreen("shop"), Services.canary("shop"));
        Golden.check(
                "rbac.golden.yaml",
                Yaml.documents(Access.of(all, "shop", Access.Keep.OUR_KINDS, Access.Secrets.UNSEEN)
                        .objects()));
    }

    @Test
    void rights_for_databases_are_what_was_reviewed() throws IOException {
        var all = java.util.List.of(Services.rolling("shop"));
        var data = new DataAccess(
                "shop",
                java.util.EnumSet.allOf(DataAccess.Does.class),
                new java.util.TreeSet<>(java.util.Set.of("shop-db-superuser", "shop-db-app")));
        Golden.check(
                "rbac-database.golden.yaml",
                Yaml.documents(
                        Access.of(all, "shop", Access.Keep.OUR_KINDS, Access.Secrets.UNSEEN, java.util.List.of(data))
                                .objects()));
    }

    static final class Golden {
        static void check(String name, String now) throws IOException {
            var file = Path.of("src/test/resources", name);
            if (System.getenv("LASTGOOD_GOLDEN_WRITE") != null) {
                Files.writeString(file, now, UTF_8);
            }
            assertThat(now)
                    .as("%s; LASTGOOD_GOLDEN_WRITE=1 writes it anew", file)
                    .isEqualTo(Files.readString(file, UTF_8));
        }
    }
}
