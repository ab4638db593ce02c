package lastgood.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.out.Data;
import lastgood.cli.out.Screen;
import org.jspecify.annotations.Nullable;

/// A plan in a file: what was asked for, and the digest of what came out. It is made anew before it is carried out,
/// and refused if something else comes out: then the world has moved since somebody read it.
record SavedPlan(String environment, String service, String digest, JsonNode asked) {

    static void write(Path file, Session session, PlanScreen screen, RollbackOptions options, String revision) {
        ObjectNode doc = screen.data();
        doc.put("environment", session.service().environment());
        doc.put("serviceName", session.service().service());
        var asked = doc.putObject("asked");
        asked.put("revision", revision);
        asked.put("emergency", options.emergency);
        asked.put("severity", options.severity);
        asked.put("withDb", options.withDb);
        asked.put("scratch", options.scratch);
        asked.put("type", options.type);
        asked.put("behindMaintenance", options.behindMaintenance);
        asked.put("noVerify", options.noVerify);
        try {
            Files.writeString(file, Data.json(doc) + "\n");
        } catch (IOException e) {
            throw new Failure(
                    Exit.UNREACHABLE, "could not write the plan to %s: %s".formatted(file, e.getMessage()), "");
        }
    }

    static SavedPlan read(Path folder, String name) {
        try {
            var doc = Data.parse(Files.readString(folder.resolve(name)));
            if (!doc.path("kind").asText().equals("Plan") || !doc.path("asked").isObject()) {
                throw notAPlan(name);
            }
            return new SavedPlan(
                    doc.path("environment").asText(),
                    doc.path("serviceName").asText(),
                    doc.path("digest").asText(),
                    doc.path("asked"));
        } catch (JsonProcessingException e) {
            throw notAPlan(name);
        } catch (IOException | InvalidPathException e) {
            throw Failure.usage("could not read the plan `%s`".formatted(Screen.plain(name)), "is it the right file?");
        }
    }

    private static Failure notAPlan(String name) {
        return Failure.usage(
                "`%s` is not a plan".formatted(Screen.plain(name)), "`lastgood plan --out FILE` writes one");
    }

    /// Asks again for what was asked for then.
    void into(RollbackOptions options) {
        options.revision = text("revision");
        options.emergency = asked.path("emergency").asBoolean();
        options.severity = text("severity");
        options.withDb = text("withDb");
        options.scratch = text("scratch");
        options.type = text("type");
        options.behindMaintenance = asked.path("behindMaintenance").asBoolean();
        options.noVerify = asked.path("noVerify").asBoolean();
    }

    private @Nullable String text(String field) {
        return asked.path(field).isTextual() ? asked.path(field).asText() : null;
    }

    void check(String now) {
        if (!digest.equals(now)) {
            throw Failure.refused(
                    "the world moved since this plan was made, and the same request now means something else",
                    java.util.List.of("saved  " + digest, "now    " + now),
                    "look at the new plan: lastgood plan -e %s -s %s --revision …".formatted(environment, service));
        }
    }
}
