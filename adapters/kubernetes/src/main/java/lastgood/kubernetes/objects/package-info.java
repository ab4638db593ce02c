/// Kubernetes' objects as far as we read them: trees with a few questions that can be asked of them.
@NullMarked
package lastgood.kubernetes.objects;

import org.jspecify.annotations.NullMarked;
