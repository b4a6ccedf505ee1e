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
 * The parts that make a resolver a hub.
 *
 * @param name of this hub, in the reports that it stores
 * @param groups supplies the current groups of sites
 * @param admissions identifies callers that are sites
 * @param admission admits sites that the listener does not know; null where it knows all
 * @param signer signs answers to sites
 * @param reports stores their reports
 * @param entry admits joining sites
 * @param lags hears what was pulled at sites
 * @param missed takes unknown names that sites were asked for and whose repositories their rules
 *     cover, to look at the registry; may wait for Kafka
 * @param rules supplies the current rules, which say what a name alone shows
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
