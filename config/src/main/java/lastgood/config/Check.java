package lastgood.config;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One item of the checklist that proves a recovery. A check that is `required` keeps a rollback from being called
/// verified when it fails; another one only warns.
public sealed interface Check {

    /// Places that may be filled in in the command of a check.
    Set<String> PLACES = Set.of("environment", "service", "version", "release", "baseUrl");

    /// As in the file: `pods`, `errorRate`, `latencyP95`, `auth`, `database`, `endpoints`, `logs`, `integrations`,
    /// `smoke`, `users`.
    String name();

    boolean required();

    /// All wanted instances are ready, none restarts, all run the release that was asked for.
    record Instances(String name, boolean required) implements Check {}

    /// The share of failed requests is below this.
    ///
    /// @param window how far back; null: since the release is live, or since the watch began
    record ErrorRate(
            String name,
            boolean required,
            Percent below,
            @Nullable Duration window) implements Check {
        ErrorRate(String name, boolean required, Percent below) {
            this(name, required, below, null);
        }
    }

    /// 95 of 100 requests are faster than this.
    ///
    /// @param window as for errors
    record Latency(
            String name,
            boolean required,
            Duration below,
            @Nullable Duration window) implements Check {
        Latency(String name, boolean required, Duration below) {
            this(name, required, below, null);
        }
    }

    /// The number that a query of the team's gives is on the right side of a limit.
    ///
    /// @param window what `$window` stands for
    record Asked(String name, boolean required, Query query, Bound bound, Duration window) implements Check {}

    /// Every request gets the answer that is expected of it.
    record Http(String name, boolean required, List<HttpProbe> probes) implements Check {
        public Http {
            probes = List.copyOf(probes);
        }
    }

    /// A command of the team ends with 0.
    record Run(String name, boolean required, List<Template> command) implements Check {
        public Run {
            command = List.copyOf(command);
        }
    }

    /// The database answers, and fewer of its connections are in use than this. It blocks nothing.
    record Database(String name, Percent connectionsBelow) implements Check {
        @Override
        public boolean required() {
            return false;
        }
    }

    /// No more than this many new error lines.
    ///
    /// @param errorsMax 0 = none (the file's `errorsBelow`, as the runbook has it)
    /// @param window how far back
    /// @param ignore regular expressions (checked) of lines that do not count
    record Logs(String name, boolean required, int errorsMax, Duration window, List<String> ignore) implements Check {
        public Logs {
            ignore = List.copyOf(ignore);
        }
    }

    /// Users do not complain; answered by people. It blocks only where the file says `required: true`, because no
    /// recovery is proved then before somebody has answered.
    ///
    /// @param tickets a search for open complaints; nothing looks them up yet ([NotYet]); null: none
    /// @param ask whom to ask; null: nobody
    record Users(
            String name,
            boolean required,
            @Nullable String tickets,
            @Nullable String ask) implements Check {}

    /// Nobody said how this is checked. It is shown as unknown, never as passed, and it blocks nothing.
    record Unconfigured(String name) implements Check {
        @Override
        public boolean required() {
            return false;
        }
    }
}
