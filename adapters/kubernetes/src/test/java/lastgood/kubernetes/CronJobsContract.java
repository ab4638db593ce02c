package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import lastgood.core.RunId;
import lastgood.core.Strategy;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.workloads.WorkloadKind;
import lastgood.testkit.kube.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A CronJob writes, too: at zero it is suspended, on the simulated API and on a real one.
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class CronJobsContract {

    abstract Cluster cluster();

    @TempDir
    Path folder;

    Shop shop;
    private KubeParts parts;
    private Workload nightly;

    @BeforeEach
    void openTheShop() {
        shop = new Shop(cluster(), folder);
        shop.deploy("web", "v1", 1);
        shop.cronJob("nightly", "v1");
        parts = shop.parts(shop.service(
                "web",
                new Strategy.Rolling("web"),
                new TrafficBy.Fixed(),
                Map.of("web", WorkloadKind.DEPLOYMENT, "nightly", WorkloadKind.CRON_JOB)));
        nightly = new Workload(shop.ref("web"), "nightly");
    }

    @AfterEach
    void closeTheShop() {
        shop.close();
    }

    private WorkloadState now() {
        return parts.workloads().find(nightly).orElseThrow();
    }

    private boolean suspended() {
        return shop.cronJobObject("nightly").at("/spec/suspend").asBoolean();
    }

    private static Fence fence(String step) {
        return new Fence(new RunId("rb-0k3f9a2c"), step, 1);
    }

    @Test
    void zero_suspends_it_and_one_brings_it_back() {
        assertThat(now().wanted()).isEqualTo(1);
        assertThat(now()).matches(WorkloadState::complete);

        parts.workloads().scale(now(), 0, fence("park"));

        assertThat(suspended()).isTrue();
        assertThat(now().wanted()).isZero();
        assertThat(now()).matches(WorkloadState::complete);
        assertThat(now().mark()).isEqualTo("rb-0k3f9a2c/park");

        parts.workloads().scale(now(), 1, fence("unpark"));

        assertThat(suspended()).isFalse();
        assertThat(now().wanted()).isEqualTo(1);
    }

    @Test
    void it_is_not_quiet_before_the_jobs_that_it_began_have_ended() {
        shop.cronJobImage("nightly", "slow2-1");
        shop.due("nightly", "nightly-1");

        parts.workloads().scale(now(), 0, fence("park"));

        assertThat(now()).matches(s -> !s.complete() && s.old() == 1);
        Shop.eventually("its Job to end", () -> now().complete());
    }

    @Test
    void one_that_its_owner_has_suspended_stays_so_when_it_is_put_back() {
        var before = now().requested();
        shop.cronJobImage("nightly", "v2");
        parts.revisions();
        shop.suspend("nightly", true);
        var later = now().requested();
        assertThat(later).isNotEqualTo(before);

        parts.workloads().restart(now(), fence("restart"));

        assertThat(suspended()).isTrue();
        assertThat(now().paused()).isFalse();
        parts.workloads().put(now(), later, fence("put"));
        assertThat(suspended()).isTrue();
    }

    @Test
    void a_change_on_an_outdated_look_is_refused() {
        var before = now();
        shop.suspend("nightly", true);

        assertThatThrownBy(() -> parts.workloads().scale(before, 0, fence("park")))
                .isInstanceOf(WorldMoved.class);
        assertThatThrownBy(() -> parts.workloads().pause(now(), true, fence("pause")))
                .isInstanceOf(Forbidden.class);
    }
}
