package lastgood.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import lastgood.core.ServiceRef;
import lastgood.core.Words;
import lastgood.core.detect.Before;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Interval;
import lastgood.core.detect.RecoveryProof;
import lastgood.core.detect.RecoveryProof.Block;
import lastgood.core.detect.RecoveryProof.Finding;
import lastgood.core.detect.RecoveryProof.Goal;
import lastgood.core.detect.Regression;
import lastgood.core.recover.Probed;
import lastgood.core.recover.Proof;
import lastgood.core.recover.ProofRules;
import lastgood.engine.port.Telemetry.Served;

/// What the requests since a rollback prove. A pure function of what was counted: whoever takes a run over counts the
/// same samples again and comes to the same, so that nothing of it has to be remembered but the answer, and the probes
/// that nobody else counted.
///
/// The first scrape that counts begins after the rollback's last change. What the scrape before it holds was answered
/// in part by the bad release.
final class UserProof {

    private static final double PPM = 1_000_000.0;

    private UserProof() {}

    /// @param normal before the bad release was put out; none: not known
    /// @param incident the last minutes before the rollback; none: not known
    record Past(Counts normal, Counts incident) {
        static final Past UNKNOWN = new Past(Counts.NONE, Counts.NONE);
    }

    /// A service that calls this one.
    record Dependent(ServiceRef service, Counts normal, List<Served> served) {}

    /// @param served since then, oldest first
    /// @param probed by us since then, oldest first
    record Seen(Past past, List<Served> served, List<Probed> probed, List<Dependent> dependents) {}

    /// Requests that were counted together.
    private record Slice(Instant at, Duration span, Counts failed, Counts late) {}

    static Proof of(ProofRules rules, Instant since, Seen seen) {
        var probes = seen.probed().stream().mapToLong(Probed::requests).sum();
        var served = after(since, seen.served());
        var proof = new RecoveryProof(goal(rules, seen.past().normal()));
        Finding finding = new Finding.NotProved(0);
        for (var slice : slices(served, seen.probed(), probes)) {
            finding = proof.take(slice.failed(), slice.late(), slice.span());
        }
        var worse = worse(rules, since, seen.dependents());
        return switch (finding) {
            case Finding.Refuted(var why) -> new Proof.Refuted(helped(why, seen.past(), proof.failed()));
            case Finding.Proved(var held)
            when worse.isPresent() ->
                new Proof.Refuted("%s; but %s".formatted(given(rules, proof, held, probes), worse.get()));
            case Finding.Proved(var held)
            when held || rules.blocks() == 0 -> new Proof.Given(given(rules, proof, true, probes));
            case Finding.Proved _ -> new Proof.Holding(given(rules, proof, false, probes));
            case Finding.NotProved(var more) -> missing(proof, more, probes, seen.past());
        };
    }

    static Counts failures(List<Served> served, Instant from, Instant to) {
        return served.stream()
                .filter(s -> !s.at().minus(s.span()).isBefore(from) && !s.at().isAfter(to))
                .map(Served::failed)
                .reduce(Counts.NONE, Counts::plus);
    }

    private static Goal goal(ProofRules rules, Counts normal) {
        return new Goal(
                rules.failedBelowPpm() / PPM,
                rules.lateBelowPpm() / PPM,
                rules.alphaPpm() / PPM,
                new Before(normal),
                rules.blocks(),
                ProofRules.BLOCK,
                rules.settling());
    }

    private static List<Served> after(Instant since, List<Served> served) {
        return served.stream()
                .filter(s -> !s.at().minus(s.span()).isBefore(since))
                .toList();
    }

    /// Probes go in where users' requests do, so whoever counts those has counted the probes too; to bet on them a
    /// second time would count one piece of evidence twice. Only where fewer requests were counted than we sent are
    /// they evidence of their own. Which of both it is follows from how many there were, never from how they went.
    private static List<Slice> slices(List<Served> served, List<Probed> probed, long probes) {
        var total = served.stream().mapToLong(s -> s.failed().requests()).sum();
        if (total >= probes) {
            return served.stream()
                    .map(s -> new Slice(s.at(), s.span(), s.failed(), s.late()))
                    .toList();
        }
        // The time is the probes' then: it must not pass twice.
        var counted = served.stream().map(s -> new Slice(s.at(), Duration.ZERO, s.failed(), s.late()));
        var ours = probed.stream().map(p -> new Slice(p.at(), p.span(), p.failures(), p.delays()));
        return Stream.concat(counted, ours)
                .sorted(Comparator.comparing(Slice::at))
                .toList();
    }

    private static Optional<String> worse(ProofRules rules, Instant since, List<Dependent> dependents) {
        var said = new ArrayList<String>();
        for (var one : dependents) {
            var regression = new Regression(one.normal(), rules.alphaPpm() / PPM / dependents.size());
            after(since, one.served()).forEach(s -> regression.take(s.failed()));
            if (regression.proved()) {
                said.add("%s, which depends on it, has got worse: %s, and %s before"
                        .formatted(
                                one.service().service(),
                                fail(regression.seen()),
                                Words.percent(one.normal().share())));
            }
        }
        return said.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", said));
    }

    // ---- words

    private static String given(ProofRules rules, RecoveryProof proof, boolean held, long probes) {
        var limits = "fewer than %s of the requests fail and fewer than %s take longer than %s"
                .formatted(
                        Words.percent(rules.failedBelowPpm() / PPM),
                        Words.percent(rules.lateBelowPpm() / PPM),
                        Words.duration(rules.lateAfter()));
        var blocks = rules.blocks() == 0 ? "" : hold(rules, proof.blocks(), held);
        return "%s: %s%s%s".formatted(limits, counted(proof), probes(probes), blocks);
    }

    private static String hold(ProofRules rules, List<Block> blocks, boolean held) {
        var again = blocks.stream().filter(Block.HELD::equals).count();
        var few = blocks.stream().filter(Block.TOO_FEW::equals).count();
        var not = blocks.stream().filter(Block.NOT_PROVED::equals).count();
        return ", %s %d of %d blocks of %s%s%s"
                .formatted(
                        held ? "and again in" : "so far again in",
                        again,
                        rules.blocks(),
                        Words.duration(ProofRules.BLOCK),
                        few == 0 ? "" : "; %d had too few requests to say".formatted(few),
                        not == 0 ? "" : "; %d had enough and did not prove it".formatted(not));
    }

    private static Proof missing(RecoveryProof proof, long more, long probes, Past past) {
        var counted = proof.failed().requests() == 0 ? "no request was counted since" : counted(proof) + probes(probes);
        var needs = more > 0 ? "needs about %s".formatted(Words.count(more, "more request")) : "at these rates never";
        var words = "not proved: %s; %s".formatted(counted, needs);
        var enough = proof.hadEnough();
        return new Proof.Missing(enough ? helped(words, past, proof.failed()) : words, enough);
    }

    private static String counted(RecoveryProof proof) {
        return "%s, %s late"
                .formatted(fail(proof.failed()), Words.percent(proof.late().share()));
    }

    private static String fail(Counts counts) {
        return "%s of %s failed".formatted(Words.percent(counts.share()), Words.count(counts.requests(), "request"));
    }

    private static String probes(long probes) {
        return probes == 0 ? "" : " (%s of them were our own probes)".formatted(Words.count(probes, "request"));
    }

    /// Whether it made a difference, which says where to look next.
    private static String helped(String words, Past past, Counts since) {
        if (past.incident().requests() == 0 || since.requests() == 0) {
            return words;
        }
        var before = Interval.of(past.incident());
        var now = Interval.of(since);
        if (before.overlaps(now)) {
            return "%s; the rollback did not help: %s failed before it, too"
                    .formatted(words, Words.percent(past.incident().share()));
        }
        return "%s; %s failed before the rollback"
                .formatted(words, Words.percent(past.incident().share()));
    }
}
