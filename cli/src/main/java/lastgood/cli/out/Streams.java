package lastgood.cli.out;

import java.io.BufferedReader;
import java.io.PrintStream;
import java.util.function.IntSupplier;

/// The three streams of the process, and who is at the other end.
///
/// @param outIsTerminal whether a person reads stdout; likewise the others
/// @param unicode whether the other end shows more than ASCII
/// @param width columns of the terminal, asked when needed
public record Streams(
        BufferedReader in,
        PrintStream out,
        PrintStream err,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal,
        boolean unicode,
        IntSupplier width) {}
