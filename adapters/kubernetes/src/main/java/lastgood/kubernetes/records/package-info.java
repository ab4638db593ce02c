/// What lastgood keeps in the cluster itself: journals, ledgers, releases, locks, and who drives.
@NullMarked
package lastgood.kubernetes.records;

import org.jspecify.annotations.NullMarked;
