/// What decides where users' requests go: a Service's selector, a route's weights, or how many pods there are.
@NullMarked
package lastgood.kubernetes.traffic;

import org.jspecify.annotations.NullMarked;
