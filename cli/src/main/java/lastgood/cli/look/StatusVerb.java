package lastgood.cli.look;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// One screen: how does it stand?
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows how a service stands: its release and health, last good, traffic, runs and what is owed.",
        footer = {"", "Examples:", "  lastgood status -e production", "  lastgood status -e production -s web -o json"})
public final class StatusVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    public StatusVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        var status = Status.of(session);
        var format = where.common().format();
        switch (format) {
            case JSON, YAML -> screen.data(Data.text(status.data(), format));
            case NAME -> screen.data(status.live().map(r -> r.version().text()).orElse("-"));
            case TABLE, MD -> screen.data(status.lines(screen));
        }
        return Exit.DONE;
    }

    static boolean isData(Format format) {
        return format == Format.JSON || format == Format.YAML;
    }
}
