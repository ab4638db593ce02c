/// What pods show of themselves, read through the API server.
@NullMarked
package lastgood.kubernetes.scrape;

import org.jspecify.annotations.NullMarked;
