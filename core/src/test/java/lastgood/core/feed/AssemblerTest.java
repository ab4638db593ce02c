package lastgood.core.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Scrape.Sight;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AssemblerTest {

    private static final long T0 = 1_700_000_000_000L;
    private static final Pace PACE = Pace.each(Duration.ofSeconds(15));

    private final Assembler assembler = new Assembler(T0, PACE, Set.of());

    private static long at(double seconds) {
        return T0 + Math.round(seconds * 1000);
    }

    private void reads(double seconds, String instance, Party party, long requests, long bad) {
        assembler.take(Glimpse.of(at(seconds), instance, party, new Counts(requests, bad)));
    }

    private List<Scrape> settle(double seconds) {
        return assembler.settle(at(seconds));
    }

    @Test
    void a_round_ends_when_everybody_who_is_alive_was_read() {
        reads(-10, "old", Party.OLD, 100, 0);
        reads(0, "new", Party.FRESH, 10, 1);
        assertThat(settle(1)).isEmpty();

        reads(5, "old", Party.OLD, 90, 2);

        assertThat(settle(5)).singleElement().satisfies(s -> {
            assertThat(s.since()).isEqualTo(Duration.ofSeconds(5));
            assertThat(s.fresh().errors()).isEqualTo(new Counts(10, 1));
            assertThat(s.reference().errors()).isEqualTo(new Counts(90, 2));
        });
        assertThat(assembler.oldServes()).isTrue();
        assertThat(assembler.start()).hasValue(T0);
    }

    @Test
    void an_instance_that_is_gone_is_waited_for_once_and_no_longer() {
        reads(-10, "old", Party.OLD, 100, 0);
        reads(0, "new", Party.FRESH, 10, 0);
        reads(15, "new", Party.FRESH, 10, 0);
        // Its turn was at 5.
        assertThat(settle(15)).hasSize(1);

        reads(30, "new", Party.FRESH, 10, 0);
        reads(45, "new", Party.FRESH, 10, 0);

        assertThat(settle(45)).hasSize(2).allSatisfy(s -> assertThat(s.sight()).isEqualTo(new Sight.Clear()));
    }

    @Test
    void a_round_does_not_wait_for_instances_that_were_replaced_while_others_still_serve() {
        reads(-14, "old1", Party.OLD, 100, 0);
        reads(-4, "old2", Party.OLD, 100, 0);
        reads(0, "new", Party.FRESH, 10, 10);

        // old1 should have been read at 1, and was replaced; old2 was read in its turn.
        reads(11, "old2", Party.OLD, 100, 0);

        assertThat(settle(11)).singleElement().satisfies(s -> {
            assertThat(s.fresh().errors()).isEqualTo(new Counts(10, 10));
            assertThat(s.reference().errors()).isEqualTo(new Counts(100, 0));
        });
    }

    @Test
    void one_that_is_only_late_is_waited_for() {
        reads(-14, "old1", Party.OLD, 100, 0);
        reads(-4, "old2", Party.OLD, 100, 0);
        reads(0, "new", Party.FRESH, 10, 10);
        reads(2, "old2", Party.OLD, 50, 0);
        assertThat(settle(2)).isEmpty();

        reads(3, "old1", Party.OLD, 100, 0);

        assertThat(settle(3))
                .singleElement()
                .satisfies(s -> assertThat(s.reference().errors()).isEqualTo(new Counts(150, 0)));
    }

    @Test
    void new_instances_that_cannot_be_read_while_old_ones_can_are_counted() {
        reads(0, "old", Party.OLD, 100, 0);
        assembler.take(Glimpse.failed(at(1), "new", Party.FRESH));
        reads(15, "old", Party.OLD, 100, 0);

        assertThat(settle(15)).singleElement().satisfies(s -> {
            assertThat(s.sight()).isEqualTo(new Sight.Clear());
            assertThat(s.fresh().scrapes()).isEqualTo(new Counts(1, 1));
            assertThat(s.reference().scrapes()).isEqualTo(new Counts(1, 0));
        });
    }

    @Test
    void when_nobody_could_be_read_it_is_blind() {
        reads(0, "old", Party.OLD, 100, 0);
        reads(0, "new", Party.FRESH, 1, 0);
        assembler.take(Glimpse.failed(at(15), "new", Party.FRESH));
        assembler.take(Glimpse.failed(at(15), "old", Party.OLD));

        var scrapes = settle(15);

        assertThat(scrapes).hasSize(2);
        assertThat(scrapes.getLast().sight()).isInstanceOf(Sight.Blind.class);
        assertThat(scrapes.getLast().fresh()).isEqualTo(Scrape.Side.NONE);
    }

    @Test
    void a_pause_in_which_nothing_was_read_is_blind_and_not_calm() {
        reads(0, "new", Party.FRESH, 10, 0);
        settle(0);
        reads(120, "new", Party.FRESH, 80, 80);

        var scrapes = settle(120);

        assertThat(scrapes.subList(0, scrapes.size() - 1))
                .isNotEmpty()
                .allSatisfy(s -> assertThat(s.sight()).isInstanceOf(Sight.Blind.class));
        assertThat(scrapes.getLast().fresh().errors()).isEqualTo(new Counts(80, 80));
    }

    @Test
    void the_guard_is_counted_and_never_waited_for() {
        reads(-5, "other", Party.GUARD, 50, 0);
        reads(0, "new", Party.FRESH, 10, 0);
        reads(0, "other", Party.GUARD, 70, 3);
        reads(15, "new", Party.FRESH, 10, 0);

        assertThat(settle(15)).extracting(Scrape::guard).containsExactly(new Counts(70, 3), Counts.NONE);
    }

    @Test
    void the_same_revision_before_this_release_is_not_this_release() {
        reads(-300, "new", Party.FRESH, 10, 10);
        assertThat(settle(-300)).isEmpty();
        assertThat(assembler.start()).isEmpty();
    }

    @Test
    void ages_are_weighted_by_what_each_instance_answered() {
        reads(0, "first", Party.FRESH, 10, 0);
        reads(90, "first", Party.FRESH, 30, 0);
        reads(90, "second", Party.FRESH, 10, 0);

        assertThat(settle(90).getLast().freshAge()).isEqualTo(Duration.ofMillis(67_500));
    }

    @Test
    void invented_routes_are_counted_together_and_the_busiest_kept() {
        var routes = new TreeMap<String, Counts>();
        for (var i = 0; i < 5000; i++) {
            routes.put("/r%04d".formatted(i), new Counts(i == 4999 ? 50 : 1, 0));
        }
        assembler.take(new Glimpse(T0, "new", "new", Party.FRESH, true, new Counts(5049, 0), Histogram.NONE, routes));

        var seen = settle(0).getFirst().routes();

        assertThat(seen).hasSize(1001);
        assertThat(seen.getFirst().name()).isEqualTo("/r4999");
        assertThat(seen.stream().mapToLong(r -> r.fresh().requests()).sum()).isEqualTo(5049);
    }

    @Test
    void a_reading_that_comes_after_its_time_is_left_out() {
        reads(0, "new", Party.FRESH, 10, 0);
        settle(0);
        reads(0, "new", Party.FRESH, 10, 10);
        reads(-1, "new", Party.FRESH, 10, 10);

        assertThat(settle(10)).isEmpty();
    }

    /// The property that decisions rest on: whoever looks later, or more often, sees the same.
    @Test
    void however_often_one_looks_the_scrapes_are_the_same() {
        for (var seed = 0; seed < 200; seed++) {
            var random = new SplittableRandom(seed);
            var readings = weather(random);
            var pace = random.nextBoolean()
                    ? PACE
                    : new Pace(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(9));

            var once = new Assembler(T0, pace, Set.of());
            readings.forEach(once::take);
            var end = readings.getLast().atMillis();
            var all = once.settle(end);

            var often = new Assembler(T0, pace, Set.of());
            var piecemeal = new ArrayList<Scrape>();
            for (var i = 0; i < readings.size(); i++) {
                often.take(readings.get(i));
                var last = i + 1 == readings.size()
                        || readings.get(i + 1).atMillis() > readings.get(i).atMillis();
                if (last && random.nextInt(3) == 0) {
                    piecemeal.addAll(often.settle(readings.get(i).atMillis()));
                }
            }
            piecemeal.addAll(often.settle(end));

            assertThat(piecemeal).as("seed %d", seed).isEqualTo(all);
        }
    }

    /// What is counted is never lost nor counted twice, whatever the order of pods, gaps and failed readings.
    @Test
    void everything_that_was_read_since_the_start_is_counted_once() {
        for (var seed = 0; seed < 200; seed++) {
            var readings = weather(new SplittableRandom(seed));
            var one = new Assembler(T0, PACE, Set.of());
            readings.forEach(one::take);

            var scrapes = one.settle(readings.getLast().atMillis() + 60_000);

            var start = one.start().orElseThrow();
            var read = readings.stream()
                    .filter(r -> r.atMillis() >= start && r.party() == Party.FRESH && r.read())
                    .mapToLong(r -> r.errors().requests())
                    .sum();
            assertThat(scrapes.stream()
                            .mapToLong(s -> s.fresh().errors().requests())
                            .sum())
                    .isEqualTo(read);
        }
    }

    private static List<Glimpse> weather(SplittableRandom random) {
        var readings = new ArrayList<Glimpse>();
        for (var pod = 0; pod < 2 + random.nextInt(5); pod++) {
            var party = pod == 0 ? Party.FRESH : Party.values()[random.nextInt(3)];
            var phase = random.nextInt(15_000);
            var from = party == Party.FRESH ? random.nextInt(8) : -8;
            var to = random.nextInt(10, 40);
            for (var k = from; k < to; k++) {
                var moment = T0 + 15_000L * k + phase + random.nextInt(-3, 4);
                var what = random.nextInt(20);
                if (what == 0) {
                    readings.add(Glimpse.failed(moment, "pod" + pod, party));
                } else if (what != 1) {
                    readings.add(Glimpse.of(
                            moment, "pod" + pod, party, new Counts(random.nextInt(5, 10), random.nextInt(5))));
                }
            }
        }
        readings.sort(Comparator.comparingLong(Glimpse::atMillis));
        return readings;
    }
}
