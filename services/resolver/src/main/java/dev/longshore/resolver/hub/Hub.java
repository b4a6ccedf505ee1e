package dev.longshore.resolver.hub;

import dev.longshore.model.Reference;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.http.RouteAdmission;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What makes a resolver a hub.
 *
 * @param name of this hub, in the reports that it keeps
 * @param groups of sites, those that count now
 * @param admissions tells which callers are sites
 * @param admission lets sites in that the listener does not know; none where it knows all
 * @param signer signs answers to sites
 * @param reports where their reports are kept
 * @param entry where sites are let in
 * @param lags hears what was pulled at sites
 * @param missed takes names that sites were asked for and do not know, which their rules name: they
 *     are worth a look at their registry; may wait for Kafka
 * @param rules those that count now, which say what a name alone shows
 */
public record Hub(
    String name,
    Supplier<List<SiteGroupSettings>> groups,
    SiteAdmissions admissions,
    @Nullable RouteAdmission admission,
    AnswerSigner signer,
    ReportSink reports,
    List<Route> entry,
    Supplier<Rules> rules,
    SiteLags lags,
    Consumer<Reference> missed) {
  public Hub {
    entry = List.copyOf(entry);
  }
}
