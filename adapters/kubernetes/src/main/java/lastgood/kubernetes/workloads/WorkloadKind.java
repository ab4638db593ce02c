package lastgood.kubernetes.workloads;

import lastgood.kubernetes.api.Kind;

/// The kinds of workload we can put back.
public enum WorkloadKind {
    DEPLOYMENT(Kind.DEPLOYMENT, "/spec/template"),
    STATEFUL_SET(Kind.STATEFUL_SET, "/spec/template"),
    DAEMON_SET(Kind.DAEMON_SET, "/spec/template"),
    CRON_JOB(Kind.CRON_JOB, "/spec/jobTemplate/spec/template");

    // A record of texts and a copied list: nothing of it changes.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Kind kind;

    private final String template;

    WorkloadKind(Kind kind, String template) {
        this.kind = kind;
        this.template = template;
    }

    public Kind kind() {
        return kind;
    }

    /// Where its pod template is, as a JSON pointer.
    public String template() {
        return template;
    }

    /// Whether the number of instances is its owner's choice.
    public boolean scales() {
        return this == DEPLOYMENT || this == STATEFUL_SET;
    }

    /// Whether it can be put to zero and brought back: a CronJob that is suspended is at zero, any other at one.
    public boolean parks() {
        return scales() || this == CRON_JOB;
    }
}
