package lastgood.kubernetes.preflight;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Preflight.Problem;
import lastgood.engine.port.Unreachable;

/// One thing that is looked at.
///
/// @param what in a few words, for when it could not be looked at in time
/// @param at what is wrong with it; empty = nothing. May throw [Forbidden] and [Unreachable].
record Look(String what, Callable<List<Problem>> at) {

    /// All of them at the same time, as far as they get until then. Whoever may not look, or gets no answer, is told
    /// what was not looked at, in one line for each reason: it is no reason not to go on.
    static List<Problem> all(List<Look> looks, Duration within) {
        var problems = new LinkedHashSet<Problem>();
        var late = new LinkedHashSet<String>();
        var forbidden = new LinkedHashSet<String>();
        var silent = new LinkedHashSet<String>();
        // Not closed: that would wait for those that are late. They are interrupted and end by themselves.
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            var answers =
                    threads.invokeAll(looks.stream().map(Look::at).toList(), within.toMillis(), TimeUnit.MILLISECONDS);
            for (var i = 0; i < looks.size(); i++) {
                var what = looks.get(i).what();
                if (answers.get(i).isCancelled()) {
                    late.add(what);
                    continue;
                }
                try {
                    problems.addAll(answers.get(i).get());
                } catch (ExecutionException e) {
                    switch (e.getCause()) {
                        case Forbidden _ -> forbidden.add(what);
                        case Unreachable u -> silent.add("%s (%s)".formatted(what, firstLine(u)));
                        case null, default -> throw new IllegalStateException("looking at " + what, e);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(Problem.remark("nothing was looked at before step 1: interrupted", ""));
        } finally {
            threads.shutdownNow();
        }
        unseen("could not be looked at within %d ms".formatted(within.toMillis()), late, problems);
        unseen("may not be looked at", forbidden, problems);
        unseen("could not be looked at", silent, problems);
        return blocksFirst(problems);
    }

    private static void unseen(String why, LinkedHashSet<String> what, LinkedHashSet<Problem> problems) {
        if (!what.isEmpty()) {
            problems.add(Problem.remark("%s: %s".formatted(why, String.join(", ", what)), ""));
        }
    }

    private static List<Problem> blocksFirst(LinkedHashSet<Problem> problems) {
        return new ArrayList<>(Stream.concat(
                        problems.stream().filter(Problem::blocks),
                        problems.stream().filter(p -> !p.blocks()))
                .toList());
    }

    static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
