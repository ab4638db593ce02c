package lastgood.kubernetes.workloads;

import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.kubernetes.objects.Template;

/// Where the pod templates of revisions are found again: in the history that Kubernetes keeps, else in our own.
public interface Templates {

    /// @param place whose selector labels its `raw` form bears
    record Found(Template template, Template.Place place) {}

    Optional<Found> find(ServiceRef service, Digest revision);
}
