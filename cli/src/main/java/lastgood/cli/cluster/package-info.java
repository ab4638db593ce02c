/// What lastgood needs of a cluster: put there, taken away, looked at.
@NullMarked
package lastgood.cli.cluster;

import org.jspecify.annotations.NullMarked;
