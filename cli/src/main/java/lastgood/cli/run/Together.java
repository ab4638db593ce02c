package lastgood.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Table;
import lastgood.core.RunId;
import lastgood.core.plan.Planned;
import lastgood.engine.journal.Damaged;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import org.jspecify.annotations.Nullable;

/// Several services go back, one after the other, each in a run of its own.
///
/// Everything is looked up, decided and shown before the first change, so that a service that cannot go back stops
/// all of them while nothing has happened yet. After that, the first one that does not end well stops the rest:
/// whoever called it may not find what it needs, and a person should look before more is moved. What was done stays
/// done, and is said together with what was not begun.
final class Together {

    private final Tool tool;
    private final Screen screen;
    private final Common common;
    private final RollbackOptions options;
    private final ConsentOptions consent;
    private final String named;
    private final boolean explain;

    Together(
            Tool tool,
            Screen screen,
            Common common,
            RollbackOptions options,
            ConsentOptions consent,
            String named,
            boolean explain) {
        this.tool = tool;
        this.screen = screen;
        this.common = common;
        this.options = options;
        this.consent = consent;
        this.named = named;
        this.explain = explain;
    }

    /// One service of the group.
    ///
    /// @param rollout that is underway and is cancelled first
    record Part(Session session, RollbackOptions.Asked asked, Proposal proposal, Optional<RunId> rollout) {

        boolean isNothing() {
            return proposal.planned() instanceof Planned.NothingToDo && rollout.isEmpty();
        }

        String name() {
            return session.service().service();
        }
    }

    /// What became of it.
    ///
    /// @param status `done`, `nothing to do`, `failed` or `not begun`
    /// @param what what it came to, in words
    /// @param report null: no run was begun
    private record Outcome(
            Part part,
            String status,
            String what,
            Exit exit,
            @Nullable Report report) {}

    // ---- look and decide

    /// Looks at all of them.
    ///
    /// @throws Failure if one of them cannot go back, with every one that cannot
    List<Part> look(List<Session> sessions, boolean dryRun) {
        var parts = new ArrayList<Part>();
        var refused = new ArrayList<String>();
        var worst = Exit.REFUSED;
        var stopped = 0;
        for (var session : sessions) {
            if (!dryRun) {
                tool.ensureAgent(session, screen);
            }
            try {
                parts.add(look(session));
            } catch (Failure f) {
                refused.add("%s: %s".formatted(session.service().service(), f.fact()));
                f.details().forEach(d -> refused.add("  " + d));
                worst = f.exit() == Exit.USAGE && stopped == 0 ? Exit.USAGE : f.exit();
                stopped++;
            }
        }
        if (!refused.isEmpty()) {
            throw new Failure(
                    worst,
                    "%d of %d services cannot go back, so none was touched".formatted(stopped, sessions.size()),
                    refused,
                    Failure.NOTHING_CHANGED,
                    "leave them out of --services, or see each alone: lastgood plan -e ENV -s SVC");
        }
        return parts;
    }

    private Part look(Session session) {
        var asked = options.asked(session, consent);
        var rollout = Rollouts.underway(session);
        if (rollout.isEmpty()) {
            Holder.of(session).ifPresent(run -> {
                throw Holder.refusal(session, run);
            });
        }
        var proposal = Proposal.rollback(session, asked, screen::say);
        if (!(proposal.planned() instanceof Planned.NothingToDo)) {
            proposal.ready();
        }
        return new Part(session, asked, proposal, rollout);
    }

    // ---- show

    Exit show(List<Part> parts) {
        if (isData()) {
            var doc = Data.document("GroupPlan");
            var items = doc.putArray("items");
            for (var part : parts) {
                items.add(
                        part.isNothing()
                                ? Data.object()
                                        .put("service", part.session().service().toString())
                                        .put("nothingToDo", nothing(part))
                                : plan(part).data());
            }
            screen.data(Data.text(doc, common.format()));
            return Exit.DONE;
        }
        screen.data(lines(parts, "Rollback plan (dry run)"));
        screen.data("Nothing was changed. Run:  %s".formatted(command()));
        return Exit.DONE;
    }

    private List<String> lines(List<Part> parts, String title) {
        var lines = new ArrayList<String>();
        lines.add("%d services go back in this order: %s"
                .formatted(parts.size(), parts.stream().map(Part::name).collect(Collectors.joining(", "))));
        for (var part : parts) {
            lines.add("");
            if (part.isNothing()) {
                lines.add("%-50s %s".formatted(title, part.session().service()));
                lines.add("  nothing to do: " + nothing(part));
            } else if (part.proposal().planned() instanceof Planned.Ready) {
                lines.addAll(plan(part).lines(title));
            }
            part.rollout().ifPresent(run -> lines.add("  FIRST the rollout %s is cancelled".formatted(run)));
        }
        lines.add("");
        return lines;
    }

    private static PlanScreen plan(Part part) {
        return new PlanScreen(
                part.session(), part.proposal().facts(), part.proposal().ready());
    }

    private static String nothing(Part part) {
        return part.proposal().planned() instanceof Planned.NothingToDo(var why) ? why : "";
    }

    private String command() {
        return "lastgood rollback %s%s".formatted(named, options.asAsked());
    }

    // ---- act

    Exit goBack(List<Part> parts) throws InterruptedException {
        agree(parts);
        var outcomes = new ArrayList<Outcome>();
        for (var part : parts) {
            outcomes.add(
                    outcomes.stream().allMatch(o -> o.exit() == Exit.DONE)
                            ? goBack(part)
                            : new Outcome(part, "not begun", "stays as it was", Exit.DONE, null));
        }
        report(outcomes);
        return outcomes.stream()
                .map(Outcome::exit)
                .filter(e -> e != Exit.DONE)
                .findFirst()
                .orElse(Exit.DONE);
    }

    private void agree(List<Part> parts) {
        if (parts.stream().allMatch(Part::isNothing)) {
            return;
        }
        var risks = parts.stream()
                .filter(p -> p.proposal().planned() instanceof Planned.Ready)
                .flatMap(p -> RollbackVerb.risk(p.session(), p.proposal()).stream())
                .toList();
        var danger = !risks.isEmpty()
                ? Consent.Danger.SEVERE
                : options.emergency ? Consent.Danger.MILD : Consent.Danger.MODERATE;
        new Consent(screen, parts.getFirst().session().effective().environment(), consent)
                .require(danger, lines(parts, "Rollback plan"), String.join("; ", risks), command());
    }

    private Outcome goBack(Part part) throws InterruptedException {
        if (part.isNothing()) {
            return new Outcome(part, "nothing to do", nothing(part), Exit.DONE, null);
        }
        var reports = new ArrayList<Report>();
        try {
            var proposal = settled(part);
            if (proposal.planned() instanceof Planned.NothingToDo(var why)) {
                return new Outcome(part, "nothing to do", why, Exit.DONE, null);
            }
            var ready = proposal.ready();
            screen.say("%s: %s → %s"
                    .formatted(part.name(), ready.plan().from(), ready.plan().to()));
            var asked = part.asked();
            var exit = new Carry(tool, part.session(), screen, reports::add)
                    .out(
                            ready.plan(),
                            ready.remarks(),
                            new Carry.How(asked.reason(), asked.emergency(), asked.timeout(), true, explain));
            var report = reports.getLast();
            print(report);
            return new Outcome(part, exit == Exit.DONE ? "done" : "failed", report.status(), exit, report);
        } catch (Failure f) {
            return failed(part, f.fact(), f.exit(), reports);
        } catch (Forbidden | Unreachable e) {
            return failed(part, first(e), Exit.UNREACHABLE, reports);
        } catch (WorldMoved e) {
            return failed(part, first(e) + "; it changed while we looked", Exit.REFUSED, reports);
        } catch (Damaged e) {
            return failed(part, first(e), Exit.NEEDS_PERSON, reports);
        }
    }

    /// Whatever it was, the others have to be told about: an exception would hide what was done before it.
    private static Outcome failed(Part part, String why, Exit exit, List<Report> reports) {
        return new Outcome(part, "failed", why, exit, reports.isEmpty() ? null : reports.getLast());
    }

    private static String first(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /// The plan as it was agreed to. Where a rollout is cancelled first, the plan has to be made again; it may differ
    /// in
    /// its steps, but not in where it leads.
    private Proposal settled(Part part) throws InterruptedException {
        if (part.rollout().isEmpty()) {
            return part.proposal();
        }
        Rollouts.cancel(part.session(), screen, part.rollout().get());
        var again = Proposal.rollback(part.session(), part.asked(), screen::say);
        if (part.proposal().planned() instanceof Planned.Ready(var before, var _)
                && again.planned() instanceof Planned.Ready(var now, var _)
                && !before.to().equals(now.to())) {
            throw Failure.refused(
                    "it would go to %s now, and %s was agreed to".formatted(now.to(), before.to()), List.of(), "");
        }
        return again;
    }

    // ---- say what became of it

    private void print(Report report) {
        if (!isData()) {
            Carry.print(report, screen, common);
        }
    }

    private void report(List<Outcome> outcomes) {
        if (isData()) {
            screen.data(Data.text(data(outcomes), common.format()));
            return;
        }
        if (common.format() == Format.NAME) {
            return;
        }
        var table = new Table("SERVICE", "STATUS", "WHAT", "RUN", "UNDO");
        for (var o : outcomes) {
            table.row(
                    o.part().name(),
                    o.status(),
                    o.what(),
                    o.report() == null ? "-" : o.report().run().text(),
                    o.report() == null ? "-" : o.report().undo().orElse("-"));
        }
        screen.data("");
        screen.data(table.lines());
        rest(outcomes).ifPresent(rest -> screen.data(" next: mend that, then: " + rest));
    }

    /// What goes on with those that are still to do.
    private Optional<String> rest(List<Outcome> outcomes) {
        var left = outcomes.stream()
                .filter(o -> o.exit() != Exit.DONE || o.status().equals("not begun"))
                .map(o -> o.part().name())
                .toList();
        return left.isEmpty()
                ? Optional.empty()
                : Optional.of("lastgood rollback -e %s --services %s%s"
                        .formatted(
                                outcomes.getFirst().part().session().service().environment(),
                                String.join(",", left),
                                options.asAsked()));
    }

    private JsonNode data(List<Outcome> outcomes) {
        var doc = Data.document("GroupReport");
        var items = doc.putArray("items");
        for (var o : outcomes) {
            var item = items.addObject()
                    .put("service", o.part().session().service().toString())
                    .put("status", o.status())
                    .put("what", o.what())
                    .put("exit", o.exit().code());
            if (o.report() != null) {
                item.set("report", o.report().data());
            }
        }
        rest(outcomes).ifPresent(rest -> doc.put("next", rest));
        return doc;
    }

    private boolean isData() {
        return common.format() == Format.JSON || common.format() == Format.YAML;
    }
}
