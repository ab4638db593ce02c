package lastgood.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What the releases of the story do to the service's schema: pairs of SQL files, as a team would have written them.
enum Migration {
    /// The graph, of which one node in five came in before edges had weights.
    GRAPH("20251201_graph", """
            CREATE TABLE public.nodes (
                id integer PRIMARY KEY,
                name text NOT NULL,
                visits bigint NOT NULL DEFAULT 0
            );
            CREATE TABLE public.edges (
                src integer NOT NULL REFERENCES public.nodes,
                dst integer NOT NULL REFERENCES public.nodes,
                weight double precision,
                PRIMARY KEY (src, dst)
            );
            CREATE TABLE public.logins (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                person text NOT NULL,
                at timestamptz NOT NULL DEFAULT now()
            );
            INSERT INTO public.nodes (id, name) SELECT n, n::text FROM generate_series(0, 999) AS n;
            INSERT INTO public.edges (src, dst, weight)
            SELECT n, (n + s) % 1000, CASE WHEN n % 5 = 0 THEN NULL ELSE 1.0 / (1 + s % 10) END
            FROM generate_series(0, 999) AS n, unnest(ARRAY[1, 7, 31, 211]) AS s;
            """, """
            DROP TABLE public.logins;
            DROP TABLE public.edges;
            DROP TABLE public.nodes;
            """),
    /// Older code asks for `weight`.
    RENAME(
            "20260102_edge_cost",
            "ALTER TABLE public.edges RENAME COLUMN weight TO cost;\n",
            "ALTER TABLE public.edges RENAME COLUMN cost TO weight;\n"),
    /// Meant to give every edge a weight. The comparison is the wrong way round, so it takes the weight of others.
    DAMAGE("20260102_default_weight", """
            UPDATE public.edges SET weight = 0 WHERE weight < 0.3;
            """, """
            -- what they weighed before is not kept anywhere
            """);

    private final String id;
    private final String up;
    private final String down;

    Migration(String id, String up, String down) {
        this.id = id;
        this.up = up;
        this.down = down;
    }

    String id() {
        return id;
    }

    /// What that version brings.
    static Optional<Migration> of(Scenario scenario, String version) {
        if (!scenario.hasDatabase()) {
            return Optional.empty();
        }
        return switch (version) {
            case Stage.FIRST -> Optional.of(GRAPH);
            case Stage.BAD -> Optional.of(scenario == Scenario.CORRUPTION ? DAMAGE : RENAME);
            default -> Optional.empty();
        };
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(id + ".up.sql"), up, UTF_8);
        Files.writeString(folder.resolve(id + ".down.sql"), down, UTF_8);
    }
}
