package lastgood.cli.db;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import lastgood.core.data.SchemaProof;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Proving what runs on a schema that is not there yet.
final class AheadOptions {

    @Option(
            names = "--migrations",
            paramLabel = "DIR",
            description = "prove before they are applied: those in this folder that are not yet")
    private @Nullable Path migrations;

    @Option(
            names = "--statements",
            paramLabel = "DIR",
            description = "with --migrations: what the service says, as SQL files (default: what the server has heard)")
    private @Nullable Path statements;

    boolean isMeant() {
        if (migrations == null && statements != null) {
            throw Failure.usage(
                    "--statements goes with --migrations: for what is there already, statements were written down before it",
                    "add --migrations DIR, or leave it out; `database.statements` in the configuration holds for both");
        }
        return migrations != null;
    }

    /// As in `works on …`.
    String schema() {
        return "the schema that the migrations of %s would leave".formatted(Screen.plain(String.valueOf(migrations)));
    }

    SchemaProof prove(Tool tool, Screen screen, Session session) {
        screen.say("trying the migrations of %s on a copy of the schema"
                .formatted(Screen.plain(String.valueOf(migrations))));
        var here = tool.host().workingFolder();
        return session.questions()
                .proveAhead(
                        session.service(),
                        here.resolve(java.util.Objects.requireNonNull(migrations)),
                        Optional.ofNullable(statements).map(here::resolve));
    }

    static Failure nothingLive(Session session) {
        return Failure.refused(
                "nothing of %s is live, so there is nothing to go back to".formatted(session.service()),
                List.of(),
                "lastgood release record %s writes down what runs".formatted(session.flags()));
    }
}
