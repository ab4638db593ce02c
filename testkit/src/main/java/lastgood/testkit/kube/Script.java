package lastgood.testkit.kube;

import java.time.Duration;
import java.util.regex.Pattern;

/// What a container does with its life, told by its image's tag. A function of its age and nothing else, so that a
/// kubelet that was restarted goes on where it was.
///
/// @param exitCode of one that fails
record Script(Kind kind, Duration readyAfter, int exitCode) {

    private Script(Kind kind, Duration readyAfter) {
        this(kind, readyAfter, 1);
    }

    enum Kind {
        /// Gets ready, and if it is one that ends, ends well.
        WELL,
        NEVER_PULLED,
        CRASHES,
        NEVER_READY,
        /// Ends with a failure if it is one that ends.
        FAILS
    }

    enum Phase {
        CREATING,
        PULL_FAILED,
        RUNNING,
        BACK_OFF,
        SUCCEEDED,
        FAILED
    }

    /// `since` is the age at which the phase began, `lastEnd` that at which the attempt before ended.
    record Life(Phase phase, boolean ready, int restarts, Duration since, Duration lastEnd, int exitCode) {

        Life(Phase phase, boolean ready, int restarts, Duration since, Duration lastEnd) {
            this(phase, ready, restarts, since, lastEnd, phase == Phase.FAILED ? 1 : 0);
        }

        private Life with(int code) {
            return new Life(phase, ready, restarts, since, lastEnd, code);
        }

        boolean crashedBefore() {
            return restarts > 0 || phase == Phase.BACK_OFF;
        }

        boolean ended() {
            return phase == Phase.SUCCEEDED || phase == Phase.FAILED;
        }
    }

    /// Long enough that a test can see a pod that is not ready yet.
    static final Duration START = Duration.ofMillis(100);

    private static final Duration WORK = Duration.ofMillis(300);

    /// How long a container that crashes runs each time.
    private static final Duration ATTEMPT = Duration.ofMillis(200);

    /// A kubelet begins with ten seconds; a test should not wait for that. It doubles as a kubelet's does.
    private static final Duration BACK_OFF = Duration.ofSeconds(1);

    private static final Pattern SLOW = Pattern.compile("slow(\\d+).*");

    /// `fail` ends with 1, `fail42` with 42.
    private static final Pattern FAIL = Pattern.compile("fail(\\d{0,3}).*");

    static Script of(String image, boolean init) {
        var tag = tag(image);
        if (tag.startsWith("nopull")) {
            return new Script(Kind.NEVER_PULLED, START);
        }
        if (tag.startsWith("crash") || (init && tag.startsWith("init-crash"))) {
            return new Script(Kind.CRASHES, START);
        }
        if (tag.startsWith("unready")) {
            return new Script(Kind.NEVER_READY, START);
        }
        var fail = FAIL.matcher(tag);
        if (fail.matches()) {
            return new Script(Kind.FAILS, START, fail.group(1).isEmpty() ? 1 : Integer.parseInt(fail.group(1)));
        }
        var slow = SLOW.matcher(tag);
        return new Script(Kind.WELL, slow.matches() ? Duration.ofSeconds(Long.parseLong(slow.group(1))) : START);
    }

    /// What follows the last colon, if that is not a registry's port; a digest is no tag.
    static String tag(String image) {
        var name = image.contains("@") ? image.substring(0, image.indexOf('@')) : image;
        var colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(colon + 1) : "latest";
    }

    /// `ends`: its work is finished some day, as an init container's or a job's; `restarts`: it is tried again.
    Life at(Duration age, boolean ends, boolean restarts) {
        if (age.isNegative()) {
            return life(Phase.CREATING, Duration.ZERO);
        }
        return switch (kind) {
            case NEVER_PULLED -> life(Phase.PULL_FAILED, Duration.ZERO);
            case NEVER_READY ->
                age.compareTo(START) < 0 ? life(Phase.CREATING, Duration.ZERO) : life(Phase.RUNNING, START);
            case CRASHES -> restarts ? crashing(age) : ending(age, Phase.FAILED);
            case FAILS -> {
                if (!ends) {
                    yield running(age);
                }
                yield restarts ? crashing(age) : ending(age, Phase.FAILED);
            }
            case WELL -> ends ? ending(age, Phase.SUCCEEDED) : running(age);
        };
    }

    private Life running(Duration age) {
        if (age.compareTo(START) < 0) {
            return life(Phase.CREATING, Duration.ZERO);
        }
        return new Life(Phase.RUNNING, age.compareTo(readyAfter) >= 0, 0, START, Duration.ZERO);
    }

    private Life ending(Duration age, Phase end) {
        var endsAt = readyAfter.plus(WORK);
        if (age.compareTo(endsAt) < 0) {
            return running(age);
        }
        return end == Phase.FAILED ? life(end, endsAt).with(exitCode) : life(end, endsAt);
    }

    /// Attempt n starts at (2^n - 1) times the back-off. Never ready, although a kubelet without a readiness probe says
    /// so for a moment: a test of what the waiting reason means should not depend on when it looked.
    private static Life crashing(Duration age) {
        var sinceStart = age.minus(START);
        if (sinceStart.isNegative()) {
            return life(Phase.CREATING, Duration.ZERO);
        }
        var attempt = 63 - Long.numberOfLeadingZeros(sinceStart.dividedBy(BACK_OFF) + 1);
        var startedAt = START.plus(startOf(attempt));
        var endedAt = startedAt.plus(ATTEMPT);
        if (age.compareTo(endedAt) >= 0) {
            return new Life(Phase.BACK_OFF, false, attempt, endedAt, endedAt);
        }
        var lastEnd =
                attempt == 0 ? Duration.ZERO : START.plus(startOf(attempt - 1)).plus(ATTEMPT);
        return new Life(Phase.RUNNING, false, attempt, startedAt, lastEnd);
    }

    private static Duration startOf(int attempt) {
        return BACK_OFF.multipliedBy((1L << attempt) - 1);
    }

    private static Life life(Phase phase, Duration since) {
        return new Life(phase, false, 0, since, Duration.ZERO);
    }
}
