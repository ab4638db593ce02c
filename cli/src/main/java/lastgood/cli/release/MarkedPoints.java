package lastgood.cli.release;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.out.Data;
import lastgood.core.RunId;
import lastgood.core.Version;
import lastgood.core.Words;
import lastgood.core.data.RestorePoint;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Step;
import lastgood.engine.port.Fence;
import lastgood.engine.port.database.Points;

/// Restore points around migrations that another system makes. Pipelines are run again, so saying it twice is saying
/// it once: a point for that release which nothing has come after is the point.
record MarkedPoints(Session session, Function<Plan.Kind, RunId> names) {

    private static final String STEP = "record";

    /// @param point its name
    record Said(String point, String words, ObjectNode json) {}

    Said mark(Version release) {
        var points = points();
        var schema =
                session.ports().databases().schemas().look(session.service()).schema();
        var there = points.all(session.service()).stream()
                .findFirst()
                .filter(p -> p.release().equals(release.text())
                        && p.xids().isEmpty()
                        && p.schema().equals(schema));
        if (there.isPresent()) {
            return said(
                    there.get(),
                    "restore point %s is there already".formatted(there.get().name()));
        }
        var key = key();
        var name = Step.pointName(key.key());
        points.mark(session.service(), name, release.text(), key);
        var made = found(name);
        return said(made, "restore point %s at %s, before %s".formatted(name, made.lsn(), release));
    }

    Said close() {
        var points = points();
        var newest = points.all(session.service()).stream()
                .findFirst()
                .orElseThrow(() -> Failure.refused(
                        "no restore point of %s was ever marked".formatted(session.service()),
                        List.of(),
                        "lastgood release record %s --before VERSION, before the migrations"
                                .formatted(session.flags())));
        if (!newest.xids().isEmpty()) {
            return said(newest, closed(newest) + " already");
        }
        if (newest.schema()
                .equals(session.ports()
                        .databases()
                        .schemas()
                        .look(session.service())
                        .schema())) {
            return said(newest, "the schema is still as it was at %s: nothing to write down".formatted(newest.name()));
        }
        points.close(session.service(), newest.name(), key());
        var now = found(newest.name());
        return said(now, closed(now));
    }

    private static String closed(RestorePoint point) {
        return "restore point %s knows %s after it"
                .formatted(point.name(), Words.count(point.xids().size(), "transaction"));
    }

    private Points points() {
        if (!session.hasDatabase()) {
            throw Failure.refused(
                    "no database is configured for %s".formatted(session.service()),
                    List.of(),
                    "say where it is: services.%s.database.url"
                            .formatted(session.service().service()));
        }
        return session.ports().databases().points();
    }

    private Fence key() {
        return new Fence(names.apply(Plan.Kind.CHANGE), STEP, 1);
    }

    private RestorePoint found(String name) {
        return points().find(session.service(), name)
                .orElseThrow(() -> new Failure(
                        lastgood.cli.Exit.UNREACHABLE,
                        "restore point %s was marked and cannot be found again".formatted(name),
                        "lastgood db status " + session.flags()));
    }

    private Said said(RestorePoint point, String words) {
        var json = Data.document("RestorePoint")
                .put("service", session.service().toString())
                .put("name", point.name())
                .put("release", point.release())
                .put("lsn", point.lsn())
                .put("at", point.at().toString())
                .put("schema", point.schema().text());
        json.set(
                "xids",
                Data.texts(point.xids().stream().map(Long::toUnsignedString).toList()));
        return new Said(point.name(), words, json);
    }
}
