/// What would stop a plan, found out before its first step; the doctor looks at the same on a quiet afternoon.
@NullMarked
package lastgood.kubernetes.preflight;

import org.jspecify.annotations.NullMarked;
