package lastgood.config;

import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads the `policy` block, already laid over the built-in one.
final class PolicyReader {

    private PolicyReader() {}

    static PolicyConfig read(Cursor at) {
        var rules = new EnumMap<SeverityLevel, SeverityRule>(SeverityLevel.class);
        for (var level : SeverityLevel.values()) {
            rules.put(level, rule(level, at.at("severity").at(level.toString())));
        }
        return new PolicyConfig(
                rules,
                at.at("decideWithin").positive(Duration.ofMinutes(15)),
                at.at("bake").duration(Duration.ofMinutes(30)),
                at.at("freeze").at("quarantineBadRelease").duration(Duration.ofHours(24)),
                at.at("presumeGoodAfter").read(PolicyReader::orNever, Duration.ofHours(24)),
                automatic(at.at("automatic")));
    }

    private static PolicyConfig.Automatic automatic(Cursor at) {
        return new PolicyConfig.Automatic(
                new LinkedHashSet<>(at.at("environments").texts()),
                at.at("types").items().flatMap(PolicyReader::type).collect(Collectors.toSet()),
                at.at("temporal").truth(false),
                at.at("cooldown").duration(Duration.ofMinutes(30)));
    }

    /// Type 3 puts data back. That nobody is asked for it is not to be had.
    private static Stream<Integer> type(Cursor at) {
        var type = at.integer(1);
        if (type == 3) {
            at.problem("a rollback of Type 3 always needs a person", "write types: [1] or [1, 2]");
            return Stream.empty();
        }
        return Stream.of(type);
    }

    private static Parsed<Duration> orNever(String text) {
        return text.equals("never") ? new Parsed.Good<>(Duration.ZERO) : Durations.parse(text);
    }

    private static SeverityRule rule(SeverityLevel level, Cursor at) {
        var never = new Condition(List.of(new Condition.Symptom.Outage()));
        return new SeverityRule(
                level,
                at.at("when").read(Condition::parse, never),
                SeverityRule.Action.valueOf(constant(at.at("action").text("monitor"))),
                at.at("within").due(),
                approval(at.at("approval")),
                at.at("postmortem").due());
    }

    private static Approval approval(Cursor at) {
        var by = at.at("by").textOrTexts();
        if (by.isEmpty()) {
            return new Approval.None();
        }
        return new Approval.Needed(
                by,
                Approval.When.valueOf(constant(at.at("when").text("before"))),
                at.at("within").due(),
                count(at.at("count")));
    }

    /// Two people who are asked for and one who is waited for would be a promise that is not kept.
    private static int count(Cursor at) {
        var count = at.integer(1);
        if (count > 1) {
            at.problem(
                    "only one approval is asked for in this version, not %d".formatted(count),
                    "write count: 1, or leave it out");
            return 1;
        }
        return count;
    }

    private static String constant(String written) {
        return written.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
