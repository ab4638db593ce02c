/// Databases that CloudNativePG runs, by its resources: backups, a restore into a new Cluster, and the way over to it.
@NullMarked
package lastgood.kubernetes.cnpg;

import org.jspecify.annotations.NullMarked;
