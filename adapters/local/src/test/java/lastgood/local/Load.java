package lastgood.local;

import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Users: several at once, each with its next request as soon as it has its answer, GET and POST in turn.
final class Load {

    final AtomicInteger requests = new AtomicInteger();
    final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    final Map<String, Integer> answers = new ConcurrentHashMap<>();

    private final List<Thread> users = new ArrayList<>();
    private volatile boolean ended;

    Load(World world, int users) {
        this(world, users, 10);
    }

    /// @param thinkMillis between a user's answer and next request
    Load(World world, int users, int thinkMillis) {
        for (var i = 0; i < users; i++) {
            this.users.add(Thread.ofVirtual().start(() -> use(world, thinkMillis)));
        }
    }

    private void use(World world, int thinkMillis) {
        while (!ended) {
            var request = HttpRequest.newBuilder(world.uri("/"));
            if (requests.incrementAndGet() % 4 == 0) {
                request.POST(HttpRequest.BodyPublishers.ofString("an order"));
            }
            try {
                var answer = world.send(request);
                answers.merge(answer.body(), 1, Integer::sum);
                if (answer.statusCode() != 200) {
                    failures.add(answer.statusCode() + " " + answer.body());
                }
                Thread.sleep(thinkMillis);
            } catch (RuntimeException | InterruptedException e) {
                failures.add(String.valueOf(e.getCause() == null ? e : e.getCause()));
            }
        }
    }

    /// Lets some more requests through.
    Load more(int some) {
        var wanted = requests.get() + some;
        Eventually.holds(() -> requests.get() > wanted);
        return this;
    }

    void end() throws InterruptedException {
        ended = true;
        for (var user : users) {
            user.join();
        }
    }
}
