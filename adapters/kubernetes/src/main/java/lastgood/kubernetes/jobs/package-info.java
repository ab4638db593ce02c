/// Commands of the team's as Jobs on a release's own image.
@NullMarked
package lastgood.kubernetes.jobs;

import org.jspecify.annotations.NullMarked;
