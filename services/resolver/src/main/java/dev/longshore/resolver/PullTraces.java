package dev.longshore.resolver;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.resolver.image.Listed;
import dev.longshore.resolver.image.ResolvedContent;
import dev.longshore.resolver.registry.PullObserver;
import dev.longshore.runtime.service.telemetry.TraceHeaders;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ties an image's first pull to its push: the request for its manifest is a trace of its own,
 * linked to the trace of the push; the requests for its parts link to that pull.
 */
final class PullTraces implements PullObserver {
  /**
   * Limit of images with a remembered first pull; after so many others, a pull counts as first
   * again.
   */
  private static final int REMEMBERED = 10_000;

  private final Catalog catalog;
  private final LinkedHashMap<Cid, SpanContext> pulls =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Cid, SpanContext> eldest) {
          return size() > REMEMBERED;
        }
      };

  PullTraces(Catalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public void manifest(String reference, ResolvedContent found) {
    Span span = Span.current();
    describe(span, found);
    SpanContext first = pull(found.image(), span.getSpanContext());
    if (!first.equals(span.getSpanContext())) {
      return;
    }
    span.updateName("pull " + reference);
    span.setAttribute("longshore.first_pull", true);
    found
        .listed()
        .map(Listed::state)
        .flatMap(image -> catalog.traceparent(Topic.IMAGES, image.key()))
        .map(header -> TraceHeaders.extract(Map.of("traceparent", header)))
        .map(context -> Span.fromContext(context).getSpanContext())
        .filter(SpanContext::isValid)
        .ifPresent(span::addLink);
  }

  @Override
  public void blob(ResolvedContent found) {
    Span span = Span.current();
    describe(span, found);
    SpanContext first;
    synchronized (pulls) {
      first = pulls.getOrDefault(found.image(), SpanContext.getInvalid());
    }
    if (first.isValid()) {
      span.addLink(first);
    }
  }

  /** The span of the image's first pull: this one if there was none. */
  private SpanContext pull(Cid image, SpanContext now) {
    synchronized (pulls) {
      SpanContext first = pulls.putIfAbsent(image, now);
      return first == null ? now : first;
    }
  }

  private static void describe(Span span, ResolvedContent found) {
    span.setAttribute("longshore.image", found.image().toString());
    span.setAttribute("longshore.digest", found.content().digest().toString());
  }
}
