/// What users got around a run, drawn: a line of bars for a terminal, an SVG for a report.
@NullMarked
package lastgood.cli.picture;

import org.jspecify.annotations.NullMarked;
