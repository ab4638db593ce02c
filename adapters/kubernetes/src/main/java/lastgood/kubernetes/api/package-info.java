/// Talking to an API server: connection, requests, what its answers mean. Objects are JSON trees as they came.
@NullMarked
package lastgood.kubernetes.api;

import org.jspecify.annotations.NullMarked;
