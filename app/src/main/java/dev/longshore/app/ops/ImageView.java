package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.Answer;
import dev.longshore.app.query.FoundView;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.find.Asked;
import dev.longshore.app.query.find.CatalogLookup;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.OpsSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One image: what it is, how it came, where it is. */
final class ImageView {
  /** W3C trace context, level 1. */
  private static final Pattern TRACEPARENT =
      Pattern.compile("00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}");

  private final Settings settings;
  private final Catalog catalog;
  private final Queries queries;
  private final SitesView sites;

  ImageView(Settings settings, Catalog catalog, Queries queries, SitesView sites) {
    this.settings = settings;
    this.catalog = catalog;
    this.queries = queries;
    this.sites = sites;
  }

  ObjectNode json(String asked) throws QueryException, InterruptedException {
    Found found =
        new CatalogLookup(
                catalog, new KnownNames(settings.shared().registries()), settings.shared().rules())
            .find(asked);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("asked", asked).put("known", found.known());
    answer.set("found", FoundView.json(found));
    if (found.digest() != null) {
      catalog.decisions().forgotten(found.digest()).ifPresent(one -> put(answer, one));
    }
    Way.put(answer, catalog, found);
    trace(found).ifPresent(id -> put(answer, id));
    if (found.tag() != null && Asked.of(asked) instanceof Asked.ByName) {
      Answer history = queries.history(asked);
      if (history.json() != null) {
        answer.set("versions", history.json().path("versions"));
      }
    }
    sites.put(answer.putObject("sites"), found);
    return answer;
  }

  private static void put(ObjectNode answer, DecisionState forgotten) {
    answer
        .putObject("forgotten")
        .put("decision", forgotten.id())
        .put("by", forgotten.by())
        .put("at", forgotten.decidedAt().toString())
        .put("reason", forgotten.reason());
  }

  private void put(ObjectNode answer, String traceId) {
    answer.put("traceId", traceId);
    String url = settings.ops().traceUrl();
    if (url != null) {
      answer.put("traceUrl", url.replace(OpsSettings.TRACE_ID, traceId));
    }
  }

  private Optional<String> trace(Found found) {
    ServedState state = found.shows().state();
    TagState tag = found.tag();
    Stream<String> shown =
        (state == null ? Stream.<ServedState.Result>empty() : state.results().stream())
            .sorted(Comparator.comparing(ServedState.Result::changedAt).reversed())
            .flatMap(result -> Stream.ofNullable(result.traceparent()));
    Stream<String> seen =
        tag == null ? Stream.empty() : catalog.traceparent(Topic.TAGS, tag.key()).stream();
    return Stream.concat(seen, shown)
        .map(TRACEPARENT::matcher)
        .filter(Matcher::matches)
        .map(match -> match.group(1))
        .findFirst();
  }
}
