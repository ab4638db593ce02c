/// What people and scripts see: data on stdout, talk on stderr, colour and movement only where somebody looks.
@NullMarked
package lastgood.cli.out;

import org.jspecify.annotations.NullMarked;
