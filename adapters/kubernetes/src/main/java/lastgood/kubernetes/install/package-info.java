/// What a cluster has to hold before lastgood can keep its records there and do its work: our own kinds, the rights in
/// each namespace, and what a look at the cluster says of both.
@NullMarked
package lastgood.kubernetes.install;

import org.jspecify.annotations.NullMarked;
