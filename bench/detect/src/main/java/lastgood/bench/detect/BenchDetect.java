package lastgood.bench.detect;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import lastgood.bench.detect.Figures.Rate;
import lastgood.bench.detect.Results.Alarms;
import lastgood.bench.detect.Results.Blame;
import lastgood.bench.detect.Results.Border;
import lastgood.bench.detect.Results.Delay;
import lastgood.bench.detect.Results.Needed;
import lastgood.bench.detect.Results.Recovered;
import lastgood.bench.detect.Results.Steps;
import lastgood.bench.detect.Weather.Fault;
import lastgood.core.Verdict;
import lastgood.core.detect.Assessment;
import lastgood.core.detect.Attribution;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Before;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Judges;
import lastgood.core.detect.Price;
import lastgood.core.detect.RecoveryProof;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Settings;
import lastgood.core.detect.WarmUp;

/// `lastgood bench detect`: the detector and the rules of its peers on the same seeded streams.
///
/// What is measured is false alarms, delays (at each rule's own threshold, and at one rate of false alarms for
/// all), bad answers served, blame, validity on the border of the null, recovery and cost.
public final class BenchDetect {

    private static final int SCRAPES_A_DAY = 86_400 / 15;
    private static final int SCRAPES_AN_HOUR = 240;

    /// Faults begin when a fresh version is warm.
    private static final double ONSET = 300;

    static final String AT_ONCE = ", at once";

    private static final List<Supplier<Rule>> RULES = List.of(
            ThresholdRules.ArgoDocs::new,
            ThresholdRules.ArgoTuned::new,
            ThresholdRules.Flagger::new,
            TestRules.Kayenta::new,
            ThresholdRules.BurnRate::new,
            TestRules.Cusum::new,
            TestRules.Sprt::new,
            TestRules.Msprt::new,
            TestRules.NetflixCount::new,
            () -> new Ours(Ours.Without.NOTHING),
            () -> new Ours(Ours.Without.TWO),
            () -> new Ours(Ours.Without.MARGIN),
            () -> new Ours(Ours.Without.WARM_UP),
            () -> new Ours(Ours.Without.PHI),
            () -> new Ours(Ours.Without.REFERENCE),
            () -> new Ours(Ours.Without.REFERENCE_AND_GUARD));

    private final Options options;
    private final PrintStream out;

    private BenchDetect(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /// Measures, prints tables, and writes JSON and SVG if the options name a folder.
    ///
    /// @throws UncheckedIOException if the folder cannot be written to
    public static void run(Options options, PrintStream out) {
        var results = new BenchDetect(options, out).measure();
        Report.print(results, out);
        options.out().ifPresent(folder -> write(results, folder, out));
    }

    /// The same as one JSON document.
    ///
    /// @param talk how far it is
    public static String json(Options options, PrintStream talk) {
        var results = new BenchDetect(options, talk).measure();
        options.out().ifPresent(folder -> write(results, folder, talk));
        return Json.of(results);
    }

    /// Nothing but false rollbacks of one service, in so many days: the rarest thing that is promised.
    public static void days(int days, long seed, PrintStream out) {
        Days.run(days, seed, out);
    }

    /// Nothing but the memory and the time that so many watches take, each after an hour.
    public static void services(int services, PrintStream out) {
        Services.run(services, SCRAPES_AN_HOUR, out);
    }

    /// `--quick`, `--seed N`, `--out FOLDER`, `--days N`, `--services N`.
    public static void main(String[] args) {
        var options = Options.usual();
        var days = 0;
        var services = 0;
        var words = Arrays.asList(args).iterator();
        while (words.hasNext()) {
            var word = words.next();
            options = switch (word) {
                case "--quick" -> new Options(true, options.seed(), options.out());
                case "--seed" -> new Options(options.quick(), Long.parseLong(words.next()), options.out());
                case "--out" -> new Options(options.quick(), options.seed(), Optional.of(Path.of(words.next())));
                case "--days" -> {
                    days = Integer.parseInt(words.next());
                    yield options;
                }
                case "--services" -> {
                    services = Integer.parseInt(words.next());
                    yield options;
                }
                default -> throw new IllegalArgumentException("no such flag: " + word);
            };
        }
        if (days > 0) {
            days(days, options.seed(), System.out);
        } else if (services > 0) {
            services(services, System.out);
        } else {
            run(options, System.out);
        }
    }

    private static void write(Results results, Path folder, PrintStream out) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("detect.json"), Json.of(results));
            Files.writeString(folder.resolve("detect.svg"), Picture.of(results));
        } catch (IOException e) {
            throw new UncheckedIOException("could not write the results to " + folder, e);
        }
        out.printf("%nwritten: detect.json and detect.svg in %s%n", folder);
    }

    private Results measure() {
        var from = System.nanoTime();
        var cost = Costs.measure();
        var borders = borders();
        var recovered = recovered();
        say("%d days of healthy releases", options.days());
        var days = healthyDays();
        var alone = alone();
        say("faults");
        var delays = new ArrayList<Delay>();
        var steps = new ArrayList<Steps>();
        faults(days, delays, steps);
        say("outages of dependencies");
        var blame = blame();
        return new Results(
                options,
                days,
                alone,
                delays,
                steps,
                blame,
                borders,
                recovered,
                needed(),
                cost,
                (System.nanoTime() - from) / 1e9);
    }

    private void say(String what, Object... values) {
        out.printf("... " + what + "%n", values);
        out.flush();
    }

    // ---- false alarms ----

    private List<Alarms> healthyDays() {
        var days = options.days();
        var peaks = new double[RULES.size()][days];
        var micros = new double[RULES.size()][days];
        IntStream.range(0, days).parallel().forEach(day -> {
            var heldOut = day % 5 == 4;
            var seed = options.seed() * 1_000_003 + day;
            var world = new World(Streams.healthyDay(new Chance(seed), heldOut), seed + 1);
            var rules = begin(world);
            for (var t = 0; t < SCRAPES_A_DAY; t++) {
                var scrape = world.next();
                for (var r = 0; r < rules.size(); r++) {
                    var before = System.nanoTime();
                    peaks[r][day] = Math.max(peaks[r][day], rules.get(r).score(scrape));
                    micros[r][day] += (System.nanoTime() - before) / 1e3;
                }
            }
        });
        var list = new ArrayList<Alarms>();
        for (var r = 0; r < RULES.size(); r++) {
            list.add(new Alarms(
                    RULES.get(r).get().name(),
                    alarms(peaks[r], false),
                    alarms(peaks[r], true),
                    Math.nextUp(Figures.quantile(peaks[r], 0.99)),
                    Figures.median(micros[r]) / SCRAPES_A_DAY));
        }
        return list;
    }

    /// More days for ours alone, because what it promises is rare.
    private Rate alone() {
        say("%d days of healthy releases for ours alone", options.daysAlone());
        var hits = (int) IntStream.range(0, options.daysAlone())
                .parallel()
                .filter(this::falseAlarm)
                .count();
        return new Rate(hits, options.daysAlone());
    }

    private boolean falseAlarm(int day) {
        var seed = (options.seed() + 1) * 1_000_003 + day;
        return Days.watch(Streams.healthyDay(new Chance(seed), day % 5 == 4), seed + 1)
                .rolledBack();
    }

    private static Rate alarms(double[] peaks, boolean heldOut) {
        var hits = 0;
        var of = 0;
        for (var day = 0; day < peaks.length; day++) {
            if (heldOut == (day % 5 == 4)) {
                of++;
                hits += peaks[day] >= 1 ? 1 : 0;
            }
        }
        return new Rate(hits, of);
    }

    /// Fresh rules, in the order of the tables.
    static List<Rule> rules() {
        return RULES.stream().map(Supplier::get).toList();
    }

    private static List<Rule> begin(World world) {
        var rules = rules();
        var past = world.past(true);
        rules.forEach(r -> r.begin(past, 15));
        return rules;
    }

    // ---- delays ----

    /// Bad from the first request, or five minutes later: then a cold start is over, and evidence begins anew.
    private static Map<String, Fault> effects() {
        var effects = new LinkedHashMap<String, Fault>();
        for (var onset : new double[] {0, ONSET}) {
            var when = onset == 0 ? AT_ONCE : ", after 5 min";
            for (var percent : new int[] {1, 5, 10, 20, 100}) {
                effects.put("errors +%d%%%s".formatted(percent, when), new Fault(onset, percent / 100.0, 1));
            }
            effects.put("latency x2" + when, new Fault(onset, 0, 2));
            effects.put("latency x3" + when, new Fault(onset, 0, 3));
        }
        return effects;
    }

    private void faults(List<Alarms> days, List<Delay> delays, List<Steps> steps) {
        for (var effect : effects().entrySet()) {
            for (var rps : new double[] {1, 10, 100, 1000}) {
                if (!options.quick() || rps == 10 || rps == 100) {
                    cell(effect.getKey(), effect.getValue(), rps, days, delays, steps);
                }
            }
        }
    }

    private void cell(
            String effect, Fault fault, double rps, List<Alarms> days, List<Delay> delays, List<Steps> steps) {
        var watches = options.faults();
        var own = new double[RULES.size()][watches];
        var matched = new double[RULES.size()][watches];
        var hurt = new double[RULES.size()][watches];
        var ours = new double[4][watches];
        IntStream.range(0, watches).parallel().forEach(w -> {
            var seed = options.seed() * 31 + effect.hashCode() * 7_919L + (long) (rps * 104_729) + w;
            var world = new World(Streams.fault(new Chance(seed), rps, fault), seed + 1);
            var rules = begin(world);
            for (var r = 0; r < RULES.size(); r++) {
                own[r][w] = Double.POSITIVE_INFINITY;
                matched[r][w] = Double.POSITIVE_INFINITY;
            }
            for (var row : ours) {
                row[w] = Double.POSITIVE_INFINITY;
            }
            for (var t = 0; t < SCRAPES_AN_HOUR + fault.from() / 15; t++) {
                var scrape = world.next();
                var late = world.now() - fault.from();
                for (var r = 0; r < rules.size(); r++) {
                    var score = rules.get(r).score(scrape);
                    if (late > 0 && own[r][w] == Double.POSITIVE_INFINITY) {
                        hurt[r][w] = world.faulty();
                        own[r][w] = score >= 1 ? late : own[r][w];
                    }
                    if (late > 0 && score >= days.get(r).matched()) {
                        matched[r][w] = Math.min(matched[r][w], late);
                    }
                    if (late > 0 && rules.get(r) instanceof Ours o && o.name().equals("ours")) {
                        steps(o.judges(), late, ours, w);
                    }
                }
            }
        });
        for (var r = 0; r < RULES.size(); r++) {
            var found = (int) Arrays.stream(own[r]).filter(Double::isFinite).count();
            delays.add(new Delay(
                    RULES.get(r).get().name(),
                    effect,
                    rps,
                    Figures.median(own[r]),
                    Figures.quantile(own[r], 0.9),
                    Figures.median(matched[r]),
                    Figures.median(hurt[r]),
                    new Rate(found, watches)));
        }
        steps.add(new Steps(
                effect,
                rps,
                Figures.median(ours[0]),
                Figures.median(ours[1]),
                Figures.median(ours[2]),
                Figures.median(ours[3])));
    }

    private static void steps(Judges judges, double late, double[][] ours, int w) {
        if (ours[3][w] < Double.POSITIVE_INFINITY) {
            return;
        }
        var seen = judges.assess();
        var suspected = seen.suspicion().isActive();
        ours[0][w] = suspected ? Math.min(ours[0][w], late) : ours[0][w];
        ours[1][w] = seen.verdict() instanceof Verdict.Fail ? Math.min(ours[1][w], late) : ours[1][w];
        ours[2][w] = seen.increase().provedAbove(0.05) ? Math.min(ours[2][w], late) : ours[2][w];
        ours[3][w] = seen.increase().provedAbove(0.1) ? late : ours[3][w];
    }

    // ---- blame ----

    private List<Blame> blame() {
        var hours = options.outages();
        var blamed = new boolean[hours][];
        var caught = new boolean[hours][];
        IntStream.range(0, hours).parallel().forEach(h -> {
            var seed = options.seed() * 97 + h;
            var outage = Streams.outageHour(new Chance(seed));
            blamed[h] = blaming(new World(outage, seed + 1));
            var bad = new Fault(ONSET, new Chance(seed + 2).between(0.05, 1), 1);
            caught[h] = blaming(new World(Streams.fault(new Chance(seed + 3), outage.rps(), bad), seed + 4));
        });
        var list = new ArrayList<Blame>();
        for (var r = 0; r < RULES.size(); r++) {
            list.add(new Blame(RULES.get(r).get().name(), rate(blamed, r), rate(caught, r)));
        }
        return list;
    }

    private static Rate rate(boolean[][] hits, int rule) {
        return new Rate((int) Arrays.stream(hits).filter(h -> h[rule]).count(), hits.length);
    }

    /// Which rules blame the release within an hour.
    private static boolean[] blaming(World world) {
        var rules = begin(world);
        var hit = new boolean[rules.size()];
        for (var t = 0; t < SCRAPES_AN_HOUR; t++) {
            var scrape = world.next();
            for (var r = 0; r < hit.length; r++) {
                hit[r] |= rules.get(r).score(scrape) >= 1;
            }
        }
        return hit;
    }

    // ---- validity ----

    /// Both comparisons of a watch at once. Beside the old version whatever hits both is inside the null; against the
    /// past it is not, so the second and third border are without outages.
    private List<Border> borders() {
        say("validity: %d watches on each border", options.borderWatches());
        var watches = options.borderWatches();
        var beside = new double[watches];
        var either = new double[watches];
        var overFive = new double[watches];
        IntStream.range(0, watches).parallel().forEach(w -> {
            var seed = options.seed() * 13 + w;
            beside[w] = onBorder(new Chance(seed), 1.5, 0.001, true)
                    .getFirst()
                    .evidence()
                    .peak();
            either[w] = onBorder(new Chance(seed + 3_000_000), 1.5, 0.001, false).stream()
                    .mapToDouble(a -> a.evidence().peak())
                    .max()
                    .orElseThrow();
            overFive[w] = onBorder(new Chance(seed + 7_000_000), 1, 0.05, false).stream()
                    .flatMap(a -> a.readings().stream())
                    .filter(r -> r.claim().equals("errors more than 5 pp above"))
                    // A claim alone is not yet counted as one of two comparisons.
                    .mapToDouble(r -> r.peak() - StrictMath.log(2))
                    .max()
                    .orElseThrow();
        });
        var list = new ArrayList<Border>();
        for (var alpha : new double[] {0.1, 0.05, 0.01, 0.001, 0.0001, 0.00001}) {
            list.add(new Border("beside the old one, outages", alpha, reached(beside, alpha)));
            list.add(new Border("either comparison", alpha, reached(either, alpha)));
            list.add(new Border("either: more than 5 pp", alpha, reached(overFive, alpha)));
        }
        return list;
    }

    private static Rate reached(double[] peaks, double alpha) {
        var needed = -StrictMath.log(alpha);
        return new Rate((int) Arrays.stream(peaks).filter(p -> p >= needed).count(), peaks.length);
    }

    /// @param outages of both versions, and a rate that drifts
    private static List<Assessment> onBorder(Chance chance, double rho, double delta, boolean outages) {
        // So many requests that the bound on the past's rate is that rate: nothing is left between it and the border.
        var before = new Before(new Counts(1_000_000_000, 4_000_000));
        var settings = Settings.beside(Price.TYPE_1, before).withWarmUp(WarmUp.none(), WarmUp.none());
        var judges = new Judges(settings, new Basis(settings.reference(), before, 1, Instant.EPOCH, List.of()));
        for (var t = 1; t <= SCRAPES_AN_HOUR; t++) {
            var outage = t >= 100 && t < 120 ? 0.2 : 0;
            var p0 = 0.004 + (outages ? 0.003 * StrictMath.sin(t / 30.0) + outage : 0);
            var n1 = 60L;
            var n0 = 180L;
            judges.take(Scrape.of(
                    Duration.ofSeconds(15L * t),
                    new Counts(n1, chance.binomial(n1, rho * p0 + delta)),
                    new Counts(n0, chance.binomial(n0, p0))));
        }
        return judges.all();
    }

    // ---- recovery ----

    private List<Recovered> recovered() {
        say("recovery: %d proofs", options.recoveries());
        var list = new ArrayList<Recovered>();
        for (var errors : new double[] {0.001, 0.002}) {
            for (var rps : new double[] {1, 10, 100}) {
                list.add(recovered(rps, errors));
            }
        }
        return list;
    }

    private Recovered recovered(double rps, double errors) {
        var seconds = new double[options.recoveries()];
        var wrong = 0;
        for (var i = 0; i < seconds.length; i++) {
            var chance = new Chance(options.seed() * 17 + i * 1_009L + (long) (rps * 7 + errors * 1e6));
            seconds[i] = prove(chance, rps, errors, 480);
            wrong += prove(chance, rps, 0.01, 240) < Double.POSITIVE_INFINITY ? 1 : 0;
        }
        return new Recovered(
                rps, errors, Figures.median(seconds), Figures.quantile(seconds, 0.9), new Rate(wrong, seconds.length));
    }

    private static double prove(Chance chance, double rps, double rate, int scrapes) {
        var proof = new RecoveryProof(RecoveryProof.Goal.usual(Before.UNKNOWN));
        for (var t = 1; t <= scrapes; t++) {
            var n = chance.poisson(15 * rps);
            var seen = proof.take(
                    new Counts(n, chance.binomial(n, rate)),
                    new Counts(n, chance.binomial(n, 0.01)),
                    Duration.ofSeconds(15));
            if (seen instanceof RecoveryProof.Finding.Proved) {
                return 15.0 * t;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    // ---- the fewest failures ----

    private static Needed needed() {
        var before = new Before(new Counts(100_000, 200));
        var outage = 0;
        var failed = false;
        while (!failed && outage < 100) {
            outage++;
            var judges = judges(before);
            judges.take(Scrape.of(Duration.ofSeconds(15), new Counts(outage, outage), new Counts(9L * outage, 0)));
            failed = blamed(judges.assess());
        }
        return new Needed(outage, route(before));
    }

    private static Judges judges(Before before) {
        var settings = Settings.beside(Price.TYPE_1, before);
        return new Judges(settings, new Basis(settings.reference(), before, 1, Instant.EPOCH, List.of()));
    }

    private static boolean blamed(Assessment seen) {
        return seen.verdict() instanceof Verdict.Fail && seen.attribution() instanceof Attribution.Release;
    }

    private static int route(Before before) {
        var judges = judges(before);
        for (var t = 1; t <= 100; t++) {
            var since = Duration.ofMinutes(5).plusSeconds(15L * t);
            judges.take(new Scrape(
                    since,
                    since,
                    Scrape.Side.of(new Counts(100, 1)),
                    Scrape.Side.of(new Counts(900, 2)),
                    Counts.NONE,
                    List.of(
                            new Scrape.Route("/rare", new Counts(1, 1), new Counts(9, 0)),
                            new Scrape.Route("/common", new Counts(99, 0), new Counts(891, 2))),
                    new Scrape.Sight.Clear()));
            if (blamed(judges.assess())) {
                return t;
            }
        }
        return Integer.MAX_VALUE;
    }
}
