package lastgood.demo.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// What users ask for, request after request; the same seed asks the same.
///
/// It is dealt like cards: each 25 requests hold the same kinds in another order, so a rate over a second or two is the
/// rate of the whole.
public final class Mix {

    private static final int LOGINS = 5;
    private static final int NODES = 15;
    private static final int SEARCHES = 5;

    /// The service's data repeats itself after so many nodes.
    private static final int KINDS_OF_NODES = 5;

    private final Random random;
    private final List<Ask> hand = new ArrayList<>();

    public Mix(long seed) {
        this.random = new Random(seed);
    }

    /// One request.
    ///
    /// @param body what is posted; empty: it is a GET
    public record Ask(String path, String body) {}

    public Ask next() {
        if (hand.isEmpty()) {
            deal();
        }
        return hand.removeLast();
    }

    private void deal() {
        for (var i = 0; i < LOGINS; i++) {
            hand.add(new Ask("/auth/login", "{\"user\":\"user%d\"}".formatted(random.nextInt(1000))));
        }
        for (var i = 0; i < NODES; i++) {
            var node = random.nextInt(200) * KINDS_OF_NODES + i % KINDS_OF_NODES;
            hand.add(new Ask("/api/v1/graph?node=" + node, ""));
        }
        for (var i = 0; i < SEARCHES; i++) {
            hand.add(new Ask("/api/v1/search?q=" + random.nextInt(100), ""));
        }
        Collections.shuffle(hand, random);
    }
}
