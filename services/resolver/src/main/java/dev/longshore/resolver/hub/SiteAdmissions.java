package dev.longshore.resolver.hub;

import dev.longshore.runtime.edge.rights.Caller;
import java.util.Optional;

/** Identifies callers that are sites. */
@FunctionalInterface
public interface SiteAdmissions {
  /** The site whose credential the caller showed; empty if it is not a site's. */
  Optional<SiteCaller> of(Caller caller);
}
