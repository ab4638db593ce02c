package lastgood.core;

import java.util.List;

/// What a [RevisionSelector] came to.
public sealed interface Selection {

    /// @param standing what is known of it; other than good only if it was named, or if it was never proved, served
    ///     long enough and nothing was ever judged
    /// @param rejected newer candidates that were passed over, each with its reason
    record Chosen(Release release, Standing standing, List<Rejected> rejected) implements Selection {
        public Chosen {
            rejected = List.copyOf(rejected);
        }
    }

    /// The target is what is live already.
    record AlreadyLive(Release release) implements Selection {}

    /// No good release to go back to; every candidate with its reason.
    record NothingGood(List<Rejected> rejected) implements Selection {
        public NothingGood {
            rejected = List.copyOf(rejected);
        }
    }

    /// There is no such release.
    record NoSuch(String wanted, List<Release> there) implements Selection {
        public NoSuch {
            there = List.copyOf(there);
        }
    }

    /// Several releases that are not the same bits answer to it.
    record Ambiguous(String wanted, List<Release> matches) implements Selection {
        public Ambiguous {
            matches = List.copyOf(matches);
        }
    }

    /// A candidate that was not chosen, and why.
    record Rejected(Release release, Standing standing) {}
}
