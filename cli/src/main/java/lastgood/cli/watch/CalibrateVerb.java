package lastgood.cli.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Table;
import lastgood.config.Durations;
import lastgood.core.Words;
import lastgood.core.feed.Placebo;
import lastgood.engine.watch.Calibrated;
import lastgood.engine.watch.Calibration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Does what a watch promises hold on this service's own traffic?
@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        description = {
            "How often would `watch` have gone back for nothing? Placebo deploys in the service's own past:",
            "at a random time a random half of its instances is called new, the other half old, and the hour",
            "after it goes through the code of a real watch. Both halves run the same thing, so whatever is",
            "found is false. Changes nothing."
        },
        footer = {
            "",
            "What it needs: two instances or more, requests counted instance by instance (Prometheus, or this",
            "machine's own agent), and more than two hours of them. Times near a real deploy are left out.",
            "What it reads is said before it is read.",
            "",
            "What it cannot show: fresh instances (these are warm), releases that nothing serves beside,",
            "single routes.",
            "",
            "Exit: 0 the promises hold on this traffic; 11 they do not, and what would help is said;",
            "      1 there was too little to tell.",
            "",
            "Examples:",
            "  lastgood watch calibrate -e production",
            "  lastgood watch calibrate -e production -s checkout --days 3 --placebos 300",
            "  lastgood watch calibrate -e production -o json"
        })
final class CalibrateVerb extends Verb {

    private static final int PLACEBOS_MAX = 20_000;
    private static final int DAYS_MAX = 60;

    /// Between two words about how far it is, where nothing can be redrawn.
    private static final int WORDS_IN_ALL = 10;

    private static final int WRONG_SHOWN = 10;
    private static final String USUAL_DAYS = "7d";

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    @Option(names = "--days", paramLabel = "DAYS", description = "how far back: 3, or 36h (default: 7)")
    private String days = USUAL_DAYS;

    @Option(names = "--placebos", paramLabel = "N", description = "how many deploys that never were (default: 1000)")
    private int placebos = 1000;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "of times and halves; the same gives the same (default: 1)")
    private long seed = 1;

    CalibrateVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var back = back();
        if (placebos < 1 || placebos > PLACEBOS_MAX) {
            throw Failure.usage(
                    "--placebos is %d".formatted(placebos), "1 to %d; the usual 1000".formatted(PLACEBOS_MAX));
        }
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        var to = session.ports().time().now();
        var calibration = new Calibration(
                session.watch().sources().telemetry().history(),
                session.watch().rules(),
                session.watch().critical(),
                new Talk(screen)::tell);
        var ground = calibration.ground(
                session.service(), to.minus(back), to, session.record().entries());
        if (ground.moments().isEmpty()) {
            throw nothingToDo(session, ground, back);
        }
        screen.say("%s in %s from %d instances at most; reading %s of it: %s an hour; nothing is changed"
                .formatted(
                        Words.count(ground.requests(), "request"),
                        Words.duration(back),
                        ground.instancesMost(),
                        Words.duration(ground.read()),
                        ground.survey().cost()));
        var came = calibration.run(session.service(), ground, placebos, seed);
        var format = where.common().format();
        switch (format) {
            case JSON, YAML -> screen.data(Data.text(document(session, ground, came), format));
            case NAME -> screen.data(word(came));
            case TABLE, MD -> screen.data(lines(session, ground, came));
        }
        return !came.holds() ? Exit.THRESHOLD : came.tells() ? Exit.DONE : Exit.FAILED;
    }

    private Duration back() {
        var text = days.matches("[0-9]{1,4}") ? days + "d" : days;
        var back = Durations.parse(text).orElse(bad -> {
            throw Failure.usage("--days: " + Screen.plain(bad.fact()), bad.hint());
        });
        if (!back.isPositive() || back.compareTo(Duration.ofDays(DAYS_MAX)) > 0) {
            throw Failure.usage(
                    "--days is %s".formatted(Words.duration(back)), "more than 0, at most %d".formatted(DAYS_MAX));
        }
        return back;
    }

    /// Never a clean bill for what could not be looked at.
    private static Failure nothingToDo(Session session, Calibration.Ground ground, Duration back) {
        var slots = ground.survey().slots();
        var service = session.service();
        if (slots.isEmpty()) {
            return new Failure(
                    Exit.FAILED,
                    "nobody counted requests of %s, instance by instance, in the last %s, so nothing can be tried on them"
                            .formatted(service, Words.duration(back)),
                    "is it scraped, or does the agent run? try: lastgood ask " + session.flags());
        }
        if (ground.alone() > 0) {
            return new Failure(
                    Exit.FAILED,
                    "%s is served by one instance: there are no two halves that run the same thing".formatted(service),
                    "with two instances or more this works; what is known instead: docs/detection.md, validity");
        }
        if (ground.excluded() > 0) {
            return new Failure(
                    Exit.FAILED,
                    "all that is remembered of %s is near a real deploy, whose harm is no false alarm"
                            .formatted(service),
                    "look further back: --days 14");
        }
        var known = ground.survey().slot().multipliedBy(slots.size());
        return new Failure(
                Exit.FAILED,
                "only %s of %s are remembered: a placebo needs an hour before it and an hour to be watched"
                        .formatted(Words.duration(known), service),
                "come back when more has been counted");
    }

    // ---- how far it is

    private static final class Talk {
        private final Screen screen;
        private int tenths;

        Talk(Screen screen) {
            this.screen = screen;
        }

        void tell(Instant read, int done, int of, int blamed) {
            var now = done * WORDS_IN_ALL / Math.max(1, of);
            if (screen.moves() && done % 5 == 0) {
                screen.raw(
                        "\r◌ %d of %d placebo deploys, at %s, %d false\u001b[K".formatted(done, of, at(read), blamed));
            } else if (!screen.moves() && now > tenths) {
                screen.say("◌ %d of %d placebo deploys, at %s, %d false".formatted(done, of, at(read), blamed));
            }
            tenths = now;
            if (screen.moves() && done == of) {
                screen.raw("\r\u001b[K");
            }
        }
    }

    private static String at(Instant at) {
        return at.truncatedTo(java.time.temporal.ChronoUnit.MINUTES).toString();
    }

    // ---- what came of it

    private static String word(Calibrated came) {
        return !came.holds() ? "TOO_MANY" : came.tells() ? "HOLDS" : "TOO_LITTLE";
    }

    private List<String> lines(Session session, Calibration.Ground ground, Calibrated came) {
        var lines = new ArrayList<String>();
        lines.add("Would it have gone back for nothing?  %s: %s"
                .formatted(
                        session.service(),
                        switch (word(came)) {
                            case "HOLDS" -> "✔ no more often than promised";
                            case "TOO_MANY" -> "✖ more often than promised";
                            default -> "◌ there is too little to tell";
                        }));
        lines.add("%d placebo deploys between %s and %s, %s, each watched for an hour"
                .formatted(
                        came.watched().size(),
                        at(ground.moments().getFirst()),
                        at(ground.moments().getLast()),
                        came.halves()));
        lines.add("");
        var table = new Table("WOULD HAVE", "FALSELY", "95 %", "PROMISED", "");
        for (var price : came.prices()) {
            table.row(
                    price.action().startsWith("abort")
                            ? "aborted a canary"
                            : "rolled back, " + price.action().substring(12),
                    "%d of %d".formatted(price.wrong(), came.judged()),
                    "%s to %s".formatted(Words.percent(price.low()), Words.percent(price.high())),
                    "at most " + plain(price.alpha()),
                    price.holds() ? "holds" : "DOES NOT HOLD");
        }
        table.row(
                "paused a rollout (20 to 1)",
                "%d of %d".formatted(came.suspected(), came.judged()),
                "",
                "at most 5%",
                "");
        table.row(
                "called a person (worse than the hour before)",
                "%d of %d".formatted(came.called(), came.judged()),
                "",
                "",
                "");
        table.row(
                "elsewhere: 5 minutes below 99% success",
                "%d of %d".formatted(came.below99(), came.judged()), "", "", "");
        table.row(
                "elsewhere: 4 times 5 min below 95%", "%d of %d".formatted(came.below95(), came.judged()), "", "", "");
        lines.addAll(table.lines());
        lines.add("");
        came.wrong().stream()
                .limit(WRONG_SHOWN)
                .forEach(w -> lines.add("✖ %s, after %s: %s"
                        .formatted(at(Instant.ofEpochMilli(w.startMillis())), Words.duration(w.after()), w.why())));
        if (came.wrong().size() > WRONG_SHOWN) {
            lines.add("  and %d more: -o json has all".formatted(came.wrong().size() - WRONG_SHOWN));
        }
        lines.addAll(notes(ground, came));
        return lines;
    }

    private static List<String> notes(Calibration.Ground ground, Calibrated came) {
        var notes = new ArrayList<String>();
        notes.add("%d of %d were proved not to be 5 pp worse within their hour%s"
                .formatted(
                        came.cleared(),
                        came.judged(),
                        came.tells() ? "" : ": requests are so few that silence says little about this service"));
        notes.add("failures cluster by phi %s (median of what was measured before each)"
                .formatted(number(came.phiUsed())));
        came.phiNeeded().ifPresent(phi -> {
            notes.add(
                    phi.enough()
                            ? "every promise would hold with phi %s or more".formatted(number(phi.value()))
                            : "no phi up to %s would make the promises hold (%d left): single instances differ; look at them"
                                    .formatted(number(phi.value()), phi.left()));
            notes.add("there is no key for phi: until the cause is found, let no rollback go alone here"
                    + " (policy.automatic), and lower triggers.canary.alpha");
        });
        if (ground.excluded() > 0) {
            notes.add("%s near a real deploy left out"
                    .formatted(Words.duration(ground.survey().slot().multipliedBy(ground.excluded()))));
        }
        var idle = came.watched().size() - came.judged();
        if (idle > 0) {
            notes.add("%d more had no requests on one side, and count for nothing".formatted(idle));
        }
        notes.add("the hours overlap, so the intervals are somewhat too narrow: %s of traffic hold %d hours"
                .formatted(
                        Words.duration(ground.read()), Math.max(1, ground.read().toHours())));
        ground.survey().unlike().forEach(notes::add);
        notes.add("these instances are warm, and both halves serve all the time: a fresh one's first minutes, and a"
                + " release that nothing serves beside, are not tried here");
        return notes;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /// 0.001 % is not 0 %.
    private static String plain(double alpha) {
        return new java.math.BigDecimal(Double.toString(alpha))
                        .movePointRight(2)
                        .stripTrailingZeros()
                        .toPlainString()
                + "%";
    }

    private com.fasterxml.jackson.databind.node.ObjectNode document(
            Session session, Calibration.Ground ground, Calibrated came) {
        var document = Data.document("Calibration")
                .put("service", session.service().service())
                .put("environment", session.service().environment())
                .put("from", ground.from().toString())
                .put("to", ground.to().toString())
                .put("seed", seed)
                .put("answer", word(came))
                .put("placebos", came.watched().size())
                .put("judged", came.judged())
                .put("cleared", came.cleared())
                .put("suspected", came.suspected())
                .put("called", came.called())
                .put("instancesMost", ground.instancesMost())
                .put("requests", ground.requests())
                .put("secondsNearDeploys", ground.survey().slot().toSeconds() * ground.excluded())
                .put("phi", came.phiUsed());
        came.phiNeeded()
                .ifPresent(phi -> document.putObject("phiNeeded")
                        .put("value", phi.value())
                        .put("enough", phi.enough())
                        .put("left", phi.left()));
        document.set(
                "prices",
                Data.array(came.prices().stream()
                        .map(p -> Data.object()
                                .put("action", p.action())
                                .put("alpha", p.alpha())
                                .put("wrong", p.wrong())
                                .put("low", p.low())
                                .put("high", p.high())
                                .put("holds", p.holds()))
                        .toList()));
        document.putObject("peers").put("below99", came.below99()).put("below95", came.below95());
        document.set(
                "false",
                Data.array(came.wrong().stream().map(CalibrateVerb::wrong).toList()));
        document.set("notes", Data.texts(notes(ground, came)));
        return document;
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode wrong(Placebo.Watched w) {
        return Data.object()
                .put("at", Instant.ofEpochMilli(w.startMillis()).toString())
                .put("after", w.after().toString())
                .put("nats", w.evidence())
                .put("phi", w.basis().phi())
                .put("why", w.why());
    }
}
