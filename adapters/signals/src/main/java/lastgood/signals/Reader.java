package lastgood.signals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import lastgood.core.Digest;
import lastgood.core.InvalidName;
import lastgood.core.Severity;
import lastgood.core.Version;
import lastgood.core.decide.Trigger;
import lastgood.signals.Routing.Routed;

/// Reads what is sent. A pure function of the bytes and the moment they came; it throws [Malformed] and nothing else.
final class Reader {

    static final int ALERTS_MAX = 1000;
    private static final int VERSIONS_MAX = 1000;

    private static final Set<String> SIGNAL = Set.of(
            "service", "environment", "trigger", "id", "source", "since", "severity", "words", "status", "versions");
    private static final Set<String> SECURITY =
            Set.of("service", "environment", "versions", "id", "source", "severity", "reason", "status");

    private final Routing routing;

    Reader(Routing routing) {
        this.routing = routing;
    }

    /// @param ignored what was understood and is about nobody here, a line each
    record Read(List<Report> reports, List<String> ignored) {
        Read {
            reports = List.copyOf(reports);
            ignored = List.copyOf(ignored);
        }
    }

    // ---- Alertmanager's webhook, version 4

    Read alertmanager(byte[] body, Instant now) {
        var all = Fields.read(body);
        if (!all.text("version").equals("4")) {
            throw new Malformed("`version` is `%s`; only 4 is understood".formatted(Fields.line(all.text("version"))));
        }
        var reports = new ArrayList<Report>();
        var ignored = new ArrayList<String>();
        var alerts = all.list("alerts", ALERTS_MAX);
        for (var i = 0; i < alerts.node().size(); i++) {
            var alert = new Fields("alerts[%d]".formatted(i), alerts.node().get(i)).object();
            alert(alert, now, reports, ignored);
        }
        if (all.node().path("truncatedAlerts").asInt(0) > 0) {
            ignored.add("%d alerts were cut off by the sender (max_alerts)"
                    .formatted(all.node().path("truncatedAlerts").asInt()));
        }
        return new Read(reports, ignored);
    }

    private void alert(Fields alert, Instant now, List<Report> reports, List<String> ignored) {
        var over = over(alert, true);
        var labels = alert.texts("labels");
        var annotations = alert.texts("annotations");
        var began = alert.instant("startsAt");
        var name = Fields.line(labels.getOrDefault("alertname", "without a name"));
        var fingerprint = alert.has("fingerprint")
                ? alert.text("fingerprint")
                : Digest.of(labels.toString()).text();
        switch (routing.byLabels(labels)) {
            case Routed.Nobody(var why) -> ignored.add("%s: %s".formatted(name, why));
            case Routed.To(var to) ->
                reports.add(new Report(
                        to.service(),
                        "alertmanager/" + Fields.line(fingerprint),
                        trigger(labels, name),
                        "alertmanager " + name,
                        earlier(began, now),
                        severity(labels),
                        Set.of(),
                        words(name, annotations),
                        over));
        }
    }

    /// A sender whose clock is ahead did not see the future.
    private static Instant earlier(Instant began, Instant now) {
        return began.isBefore(now) ? began : now;
    }

    private static boolean over(Fields fields, boolean required) {
        var status = required ? fields.text("status") : fields.text("status", "firing");
        return switch (status) {
            case "firing" -> false;
            case "resolved" -> true;
            default ->
                throw new Malformed("`%s` is `%s`, and neither firing nor resolved"
                        .formatted(fields.at().isEmpty() ? "status" : fields.at() + ".status", Fields.line(status)));
        };
    }

    private static String words(String name, Map<String, String> annotations) {
        return Stream.of("summary", "title", "description", "message")
                .flatMap(a -> Stream.ofNullable(annotations.get(a)))
                .map(Fields::line)
                .filter(w -> !w.isEmpty())
                .findFirst()
                .orElse(name + " fires");
    }

    /// The team's own label decides. Else by the alert's name, as they are usually called; a burn rate of Sloth or of
    /// OpenSLO counts as errors unless it says latency. What nobody can classify is about some function.
    private static Trigger trigger(Map<String, String> labels, String name) {
        var said = labels.get("lastgood_trigger");
        if (said != null) {
            return Reader.trigger(said, "labels.lastgood_trigger");
        }
        var slo = labels.getOrDefault("sloth_slo", labels.getOrDefault("slo", ""));
        var text = (name + " " + slo).toLowerCase(Locale.ROOT);
        if (Stream.of("latency", "slow", "duration", "p95", "p99").anyMatch(text::contains)) {
            return Trigger.PERFORMANCE;
        }
        var errors = Stream.of("error", "5xx", "burn", "slo", "availability", "failure")
                .anyMatch(text::contains);
        return errors || !slo.isEmpty() ? Trigger.ERROR_RATE : Trigger.CRITICAL;
    }

    private static Trigger trigger(String text, String where) {
        var wanted = text.strip().replace('-', ' ').replace('_', ' ');
        for (var trigger : Trigger.values()) {
            if (trigger.label().equalsIgnoreCase(wanted)
                    || trigger.name().replace('_', ' ').equalsIgnoreCase(wanted)) {
                return trigger;
            }
        }
        throw new Malformed("`%s` is `%s`; known: %s"
                .formatted(
                        where,
                        Fields.line(text),
                        Stream.of(Trigger.values())
                                .map(t -> t.name().toLowerCase(Locale.ROOT))
                                .toList()));
    }

    /// The usual words for how urgent an alert is. A word that is not among them is left to the matrix.
    private static Optional<Severity> severity(Map<String, String> labels) {
        return Stream.of("lastgood_severity", "sloth_severity", "severity")
                .flatMap(l -> Stream.ofNullable(labels.get(l)))
                .findFirst()
                .flatMap(Reader::severity);
    }

    private static Optional<Severity> severity(String said) {
        return switch (said.toLowerCase(Locale.ROOT)) {
            case "critical", "page" -> Optional.of(Severity.SEV2);
            case "warning", "ticket" -> Optional.of(Severity.SEV3);
            case "info", "none" -> Optional.of(Severity.SEV4);
            default -> said.matches("(?i)(sev-?)?[1-4]") ? Severity.parse(said) : Optional.empty();
        };
    }

    // ---- our own

    Read signal(byte[] body, Instant now) {
        var all = Fields.read(body);
        all.only(SIGNAL);
        var id = id(all);
        var since = all.has("since") ? earlier(all.instant("since"), now) : now;
        var source = Fields.line(all.text("source", "webhook"));
        var versions = all.has("versions") ? versions(all) : Set.<String>of();
        var trigger = trigger(all.text("trigger"), "trigger");
        var over = over(all, false);
        var severity = said(all);
        var words = Fields.line(all.text("words"));
        return switch (named(all)) {
            case Routed.Nobody(var why) -> new Read(List.of(), List.of("%s: %s".formatted(id, why)));
            case Routed.To(var to) ->
                new Read(
                        List.of(new Report(
                                to.service(), "signal/" + id, trigger, source, since, severity, versions, words, over)),
                        List.of());
        };
    }

    Read security(byte[] body, Instant now) {
        var all = Fields.read(body);
        all.only(SECURITY);
        var versions = versions(all);
        var id = id(all);
        var source = "security report of " + Fields.line(all.text("source", "webhook"));
        var words = Fields.line(all.text("reason"));
        var over = over(all, false);
        var severity = said(all);
        return switch (named(all)) {
            case Routed.Nobody(var why) -> new Read(List.of(), List.of("%s: %s".formatted(id, why)));
            case Routed.To(var to) ->
                to.securityReports()
                        ? new Read(
                                List.of(new Report(
                                        to.service(),
                                        "security/" + id,
                                        Trigger.SECURITY,
                                        source,
                                        now,
                                        severity,
                                        versions,
                                        words,
                                        over)),
                                List.of())
                        : new Read(
                                List.of(),
                                List.of("%s: triggers.security.webhook is off for %s".formatted(id, to.service())));
        };
    }

    private Routed named(Fields all) {
        return routing.byName(all.text("service"), all.text("environment", ""));
    }

    private static String id(Fields all) {
        var id = Fields.line(all.text("id"));
        if (id.isEmpty()) {
            throw new Malformed("`id` is empty: the same thing needs the same id, or it is counted twice");
        }
        return id;
    }

    private static Optional<Severity> said(Fields all) {
        if (!all.has("severity")) {
            return Optional.empty();
        }
        var severity = severity(all.text("severity"));
        if (severity.isEmpty()) {
            throw new Malformed(
                    "`severity` is `%s`; write SEV-1 to SEV-4".formatted(Fields.line(all.text("severity"))));
        }
        return severity;
    }

    private static Set<String> versions(Fields all) {
        var list = all.list("versions", VERSIONS_MAX);
        var versions = new TreeSet<String>();
        for (var i = 0; i < list.node().size(); i++) {
            var version = list.node().get(i);
            try {
                versions.add(new Version(version.isTextual() ? version.textValue() : "").text());
            } catch (InvalidName e) {
                throw new Malformed("`versions[%d]` is no version".formatted(i));
            }
        }
        if (versions.isEmpty()) {
            throw new Malformed("`versions` is empty: name those that it is about");
        }
        return versions;
    }
}
