/// What the proxy counted, second by second, kept in files: so that a release can be judged from its first request
/// on, whoever asks, whenever, and whichever agent counted.
@NullMarked
package lastgood.local.history;

import org.jspecify.annotations.NullMarked;
