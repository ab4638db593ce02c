package lastgood.engine.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.LedgerEntry;
import lastgood.core.LedgerEntry.Leaving;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.Verdict;
import lastgood.core.Version;

/// Ledger entries as they stand in the file, written out field by field: the file outlives every version of this
/// program, so it must not follow when a class is renamed.
///
/// What this version does not know is an error, never skipped: a line that a newer version has written may be the one
/// which says that a release is bad.
public final class LedgerJson {

    private LedgerJson() {}

    public static Map<String, Object> tree(LedgerEntry entry) {
        var tree = new TreeMap<String, Object>();
        tree.put("release", entry.release());
        tree.put("at", entry.at().toString());
        tree.put("key", entry.key());
        switch (entry) {
            case LedgerEntry.Deployed(var what, var _) -> {
                tree.put("type", "deployed");
                tree.put("digest", what.revision().digest().text());
                tree.put("version", what.version().text());
                tree.put("migrations", what.migrations());
                // Only where there are some: a line of a service of one workload is as it always was.
                if (!what.others().isEmpty()) {
                    tree.put("others", others(what.others()));
                }
                if (!what.config().isEmpty()) {
                    tree.put("config", config(what.config()));
                }
                tree.put("by", what.by().name());
            }
            case LedgerEntry.Brought brought -> {
                tree.put("type", "brought");
                tree.put("migrations", brought.migrations());
            }
            case LedgerEntry.Live _ -> tree.put("type", "live");
            case LedgerEntry.Left left -> {
                tree.put("type", "left");
                tree.put("how", left.how().name());
            }
            case LedgerEntry.Judged judged -> {
                tree.put("type", "judged");
                tree.put("verdict", verdict(judged.verdict()));
                tree.put("by", judged.by());
                tree.put("why", judged.why());
            }
            case LedgerEntry.Told told -> {
                tree.put("type", "told");
                tree.put("well", told.well());
                tree.put("by", told.by());
                tree.put("why", told.why());
            }
            case LedgerEntry.Quarantined quarantined -> {
                tree.put("type", "quarantined");
                tree.put("until", quarantined.until().toString());
                tree.put("why", quarantined.why());
            }
            case LedgerEntry.Revoked revoked -> {
                tree.put("type", "revoked");
                tree.put("person", revoked.bySomebody());
                tree.put("by", revoked.by());
                tree.put("why", revoked.why());
            }
            case LedgerEntry.Reinstated reinstated -> {
                tree.put("type", "reinstated");
                tree.put("by", reinstated.by());
                tree.put("why", reinstated.why());
            }
        }
        return tree;
    }

    private static Map<String, Object> others(Map<String, Revision> others) {
        var tree = new TreeMap<String, Object>();
        others.forEach((name, revision) -> tree.put(
                name,
                new TreeMap<>(Map.of(
                        "digest", revision.digest().text(),
                        "version", revision.version().text()))));
        return tree;
    }

    private static Map<String, Object> config(Map<String, Digest> config) {
        var tree = new TreeMap<String, Object>();
        config.forEach((name, content) -> tree.put(name, content.text()));
        return tree;
    }

    private static Map<String, String> verdict(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Pass() -> Map.of("is", "pass");
            case Verdict.Fail(var reason) -> Map.of("is", "fail", "text", reason);
            case Verdict.Inconclusive(var missing) -> Map.of("is", "inconclusive", "text", missing);
            case Verdict.NoData() -> Map.of("is", "no-data");
            case Verdict.TelemetryDown(var cause) -> Map.of("is", "telemetry-down", "text", cause);
        };
    }

    /// @throws IOException if a field is missing or of a kind that this version does not know
    public static LedgerEntry entry(JsonNode tree) throws IOException {
        var release = number(tree, "release");
        var at = Instant.parse(text(tree, "at"));
        var key = text(tree, "key");
        return switch (text(tree, "type")) {
            case "deployed" -> new LedgerEntry.Deployed(release(tree, release, at), key);
            case "brought" -> new LedgerEntry.Brought(release, migrations(tree), at, key);
            case "live" -> new LedgerEntry.Live(release, at, key);
            case "left" -> new LedgerEntry.Left(release, Leaving.valueOf(text(tree, "how")), at, key);
            case "judged" ->
                new LedgerEntry.Judged(
                        release, verdict(tree.path("verdict")), text(tree, "by"), text(tree, "why"), at, key);
            case "quarantined" ->
                new LedgerEntry.Quarantined(release, Instant.parse(text(tree, "until")), text(tree, "why"), at, key);
            case "told" ->
                new LedgerEntry.Told(
                        release, tree.path("well").asBoolean(false), text(tree, "by"), text(tree, "why"), at, key);
            case "revoked" ->
                new LedgerEntry.Revoked(release, truth(tree, "person"), text(tree, "by"), text(tree, "why"), at, key);
            case "reinstated" -> new LedgerEntry.Reinstated(release, text(tree, "by"), text(tree, "why"), at, key);
            default -> throw new IOException("an entry of the unknown kind `%s`".formatted(text(tree, "type")));
        };
    }

    private static Release release(JsonNode tree, int number, Instant at) throws IOException {
        var others = new TreeMap<String, Revision>();
        for (var other : tree.path("others").properties()) {
            others.put(other.getKey(), revision(other.getValue()));
        }
        var config = new TreeMap<String, Digest>();
        for (var name : tree.path("config").properties()) {
            config.put(name.getKey(), new Digest(text(tree.path("config"), name.getKey())));
        }
        return new Release(number, revision(tree), others, config, migrations(tree), at, new Person(text(tree, "by")));
    }

    private static List<String> migrations(JsonNode tree) {
        var migrations = new ArrayList<String>();
        tree.path("migrations").forEach(m -> migrations.add(m.asText()));
        return migrations;
    }

    private static Revision revision(JsonNode tree) throws IOException {
        return new Revision(new Digest(text(tree, "digest")), new Version(text(tree, "version")));
    }

    private static Verdict verdict(JsonNode tree) throws IOException {
        return switch (text(tree, "is")) {
            case "pass" -> new Verdict.Pass();
            case "fail" -> new Verdict.Fail(text(tree, "text"));
            case "inconclusive" -> new Verdict.Inconclusive(text(tree, "text"));
            case "no-data" -> new Verdict.NoData();
            case "telemetry-down" -> new Verdict.TelemetryDown(text(tree, "text"));
            default -> throw new IOException("a verdict of the unknown kind `%s`".formatted(text(tree, "is")));
        };
    }

    private static String text(JsonNode tree, String name) throws IOException {
        if (!tree.path(name).isTextual()) {
            throw new IOException("no `%s` in it".formatted(name));
        }
        return tree.path(name).textValue();
    }

    private static boolean truth(JsonNode tree, String name) throws IOException {
        if (!tree.path(name).isBoolean()) {
            throw new IOException("no `%s` in it".formatted(name));
        }
        return tree.path(name).booleanValue();
    }

    private static int number(JsonNode tree, String name) throws IOException {
        if (!tree.path(name).isInt()) {
            throw new IOException("no `%s` in it".formatted(name));
        }
        return tree.path(name).intValue();
    }
}
