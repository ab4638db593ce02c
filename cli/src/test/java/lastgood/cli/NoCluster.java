package lastgood.cli;

import java.util.List;

/// No cluster is part of the test.
final class NoCluster implements ClusterAdmin {

    @Override
    public List<Change> install(boolean dryRun) {
        throw new AssertionError("no cluster in this test");
    }

    @Override
    public List<Change> uninstall(boolean dryRun) {
        throw new AssertionError("no cluster in this test");
    }

    @Override
    public List<String> activeRuns() {
        throw new AssertionError("no cluster in this test");
    }

    @Override
    public List<Finding> doctor() {
        throw new AssertionError("no cluster in this test");
    }

    @Override
    public String manifest() {
        throw new AssertionError("no cluster in this test");
    }
}
