package lastgood.local.history;

import java.util.List;
import lastgood.local.proxy.Answered;

/// All that was answered in a while. There is one also if nothing was: it says that somebody counted.
///
/// @param at when it ended, milliseconds since 1970
/// @param span milliseconds
public record Line(long at, long span, List<Answered> of) {
    public Line {
        of = List.copyOf(of);
    }

    List<Answered> of(String service) {
        return of.stream().filter(a -> a.service().equals(service)).toList();
    }
}
