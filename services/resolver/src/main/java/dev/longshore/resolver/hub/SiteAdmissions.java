package dev.longshore.resolver.hub;

import dev.longshore.runtime.edge.rights.Caller;
import java.util.Optional;

/** Tells which callers are sites. */
@FunctionalInterface
public interface SiteAdmissions {
  /** The site that the caller showed a credential of; empty if it is none. */
  Optional<SiteCaller> of(Caller caller);
}
