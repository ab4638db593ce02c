package lastgood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import lastgood.core.data.Backup;
import lastgood.engine.port.database.Backups;
import lastgood.engine.port.database.Backups.State;
import org.junit.jupiter.api.Test;

/// What the engine relies on when it takes a backup and reads it back.
public abstract class BackupsContract extends DatabaseContract {

    private static final String NAME = "lg-op-contract-10-step";

    /// A backup of next to nothing; longer means that it never comes.
    private static final Duration TAKES_MAX = Duration.ofMinutes(2);

    private Backups backups() {
        return harness().databases().backups();
    }

    /// Lets some time pass, as the harness counts it.
    protected abstract void pause();

    protected abstract Instant now();

    private void take() {
        backups().take(service(), NAME, "before", "a test", fence(10));
        var until = now().plus(TAKES_MAX);
        while (!(backups().look(service(), NAME) instanceof State.There)) {
            assertThat(now()).as("the backup never came").isBefore(until);
            pause();
        }
    }

    private Backup.Proof proof() {
        return backups().find(service(), NAME).orElseThrow().proof();
    }

    @Test
    void at_first_there_is_none_of_that_name() {
        assertThat(backups().look(service(), NAME)).isEqualTo(new State.None());
        assertThat(backups().find(service(), NAME)).isEmpty();
    }

    @Test
    void one_that_was_taken_is_there_under_its_name_and_not_yet_read_back() {
        take();

        assertThat(proof()).isEqualTo(new Backup.Proof.Unverified());
        assertThat(backups().all(service()))
                .extracting(Backup::name, Backup::alias, Backup::reason)
                .contains(org.assertj.core.groups.Tuple.tuple(NAME, "before", "a test"));
    }

    @Test
    void verifying_writes_down_that_it_can_be_read_back() {
        take();

        backups().verify(service(), NAME, fence(10));

        assertThat(proof()).isInstanceOf(Backup.Proof.Verified.class);
    }

    @Test
    void one_that_cannot_be_read_back_is_broken_and_says_why() {
        take();
        harness().damage(NAME);

        backups().verify(service(), NAME, fence(10));

        assertThat(proof())
                .isInstanceOfSatisfying(
                        Backup.Proof.Broken.class, b -> assertThat(b.why()).isNotBlank());
    }

    @Test
    void a_second_one_of_the_same_name_is_not_taken() {
        take();
        var first = backups().find(service(), NAME).orElseThrow();

        again(() -> backups().take(service(), NAME, "before", "a test", fence(10)));

        assertThat(backups().all(service()).stream().filter(b -> b.name().equals(NAME)))
                .containsExactly(first);
    }
}
