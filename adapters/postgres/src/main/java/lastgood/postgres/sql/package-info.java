/// Sessions of our own: how they are opened, what they may wait for, and what their errors mean.
@NullMarked
package lastgood.postgres.sql;

import org.jspecify.annotations.NullMarked;
