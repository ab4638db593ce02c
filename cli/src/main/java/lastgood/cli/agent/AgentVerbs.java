package lastgood.cli.agent;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lastgood.cli.Agent;
import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The process that keeps the services of a data folder running.
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        description = {
            "The process that keeps services running on this machine, serves their traffic, carries on what a crash",
            "left behind and judges releases after their bake. Every change starts it if it does not run."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood agent status",
            "  lastgood agent run        in the foreground, for systemd"
        })
public final class AgentVerbs extends Verb {

    private final Tool tool;

    public AgentVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new Run(tool), new Start(tool), new Stop(tool), new Status(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    /// By data folder; almost always one.
    private static Map<Path, Agent> agents(Tool tool, Common common) {
        var file = tool.file(common).file().toAbsolutePath();
        var agents = new LinkedHashMap<Path, Agent>();
        for (var session : tool.folders(common)) {
            var data = session.effective().data();
            agents.computeIfAbsent(data, d -> tool.host().agent(file, d));
        }
        if (agents.isEmpty()) {
            throw Failure.usage(
                    "no environment of the configuration is on this machine",
                    "write environments: { local: { local: {} } }");
        }
        return agents;
    }

    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            description =
                    "Is the agent, in the foreground, until Ctrl-C or SIGTERM; then stops its services in good order.",
            footer = {"", "Example:", "  lastgood agent run"})
    private static final class Run extends Verb {

        private final Tool tool;

        @Mixin
        private Common common = new Common();

        Run(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() throws InterruptedException {
            var agents = agents(tool, common);
            if (agents.size() > 1) {
                throw Failure.usage(
                        "the configuration has %d data folders, and an agent looks after one".formatted(agents.size()),
                        "name it: --data DIR");
            }
            agents.values().iterator().next().run();
            return Exit.DONE;
        }
    }

    @Command(
            name = "start",
            mixinStandardHelpOptions = true,
            description = "Starts it in the background and waits until it answers.",
            footer = {"", "Example:", "  lastgood agent start"})
    private static final class Start extends Verb {

        private final Tool tool;

        @Mixin
        private Common common = new Common();

        Start(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var screen = tool.screen(common);
            agents(tool, common).forEach((data, agent) -> {
                var before = agent.alive();
                agent.start();
                screen.data("the agent %s: %s, data in %s"
                        .formatted(
                                before.isPresent() ? "runs already" : "runs",
                                agent.alive().orElse("?"),
                                data));
            });
            screen.data(" undo: lastgood agent stop");
            return Exit.DONE;
        }
    }

    @Command(
            name = "stop",
            mixinStandardHelpOptions = true,
            description = "Ends it and the services it keeps. Users get nothing from then on.",
            footer = {"", "Example:", "  lastgood agent stop"})
    private static final class Stop extends Verb {

        private final Tool tool;

        @Mixin
        private Common common = new Common();

        Stop(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var screen = tool.screen(common);
            agents(tool, common)
                    .forEach((data, agent) -> screen.data(
                            agent.stop()
                                    ? "the agent of %s has ended".formatted(data)
                                    : "nothing to do: no agent runs for %s".formatted(data)));
            return Exit.DONE;
        }
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Says whether it runs. Exit 8 if not.",
            footer = {"", "Example:", "  lastgood agent status"})
    private static final class Status extends Verb {

        private final Tool tool;

        @Mixin
        private Common common = new Common();

        Status(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var screen = tool.screen(common);
            var agents = agents(tool, common);
            var doc = Data.document("AgentList");
            var items = doc.putArray("items");
            agents.forEach((data, agent) -> items.addObject()
                    .put("data", data.toString())
                    .put("agent", agent.alive().orElse(null)));
            if (common.format() == Format.JSON || common.format() == Format.YAML) {
                screen.data(Data.text(doc, common.format()));
            } else {
                agents.forEach((data, agent) -> screen.data("%s: %s"
                        .formatted(
                                data,
                                agent.alive().map(a -> "runs, " + a).orElse("does not run; lastgood agent start"))));
            }
            return agents.values().stream().allMatch(a -> a.alive().isPresent()) ? Exit.DONE : Exit.UNREACHABLE;
        }
    }
}
