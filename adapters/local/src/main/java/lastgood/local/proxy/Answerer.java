package lastgood.local.proxy;

import lastgood.core.Revision;

/// Who answered a request: what counts are kept by.
///
/// @param revision a digest, or empty: nobody
record Answerer(String revision, String version, String workload) {

    static final Answerer NOBODY = new Answerer("", "", "");

    static Answerer of(Revision revision, String workload) {
        return new Answerer(revision.digest().text(), revision.version().text(), workload);
    }
}
