package dev.longshore.app.demo;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The time line of one push, from the spans of its trace.
 *
 * @param origin nanoseconds since 1970 of the registry's notification, or of the first service's
 *     start if a poll was first
 */
public record TimeLine(long origin, List<Event> events) {
  private static final AttributeKey<String> TOPIC =
      AttributeKey.stringKey("messaging.destination.name");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final double NANOS = 1e9;
  private static final long OK = 200;

  public TimeLine {
    events = List.copyOf(events);
  }

  /**
   * One event.
   *
   * @param at nanoseconds since 1970
   */
  public record Event(String what, long at) {}

  /** Reads the trace of a push. */
  static TimeLine of(List<SpanData> trace) {
    Optional<SpanData> hook = first(trace, TimeLine::isNotification);
    long origin =
        hook.map(SpanData::getStartEpochNanos)
            .orElseGet(
                () -> trace.stream().mapToLong(SpanData::getStartEpochNanos).min().orElse(0));
    List<Event> events = new ArrayList<>();
    hook.ifPresent(span -> add(events, "hinted", span));
    first(trace, handles("hints")).ifPresent(span -> add(events, "observed", span));
    first(trace, is("dev.longshore.converter", "convert"))
        .ifPresent(span -> add(events, "converted", span));
    List<SpanData> pins =
        trace.stream().filter(is("dev.longshore.pinner", "pin")).sorted(TimeLine::byEnd).toList();
    for (int n = 0; n < pins.size(); n++) {
      add(events, "pinned " + (n + 1), pins.get(n));
    }
    first(trace, TimeLine::isAnswer).ifPresent(span -> add(events, "resolvable", span));
    return new TimeLine(origin, events);
  }

  /** The same with the event of a separate trace: the pull. */
  TimeLine and(String what, long at) {
    List<Event> more = new ArrayList<>(events);
    more.add(new Event(what, at));
    return new TimeLine(origin, more);
  }

  boolean has(String what) {
    return events.stream().anyMatch(e -> e.what().equals(what));
  }

  private static void add(List<Event> events, String what, SpanData span) {
    events.add(new Event(what, span.getEndEpochNanos()));
  }

  private static Optional<SpanData> first(List<SpanData> trace, Predicate<SpanData> wanted) {
    return trace.stream().filter(wanted).min(TimeLine::byEnd);
  }

  private static int byEnd(SpanData one, SpanData other) {
    return Long.compare(one.getEndEpochNanos(), other.getEndEpochNanos());
  }

  private static Predicate<SpanData> is(String scope, String name) {
    return span ->
        span.getInstrumentationScopeInfo().getName().equals(scope) && span.getName().equals(name);
  }

  private static boolean isNotification(SpanData span) {
    return span.getKind() == SpanKind.SERVER && span.getName().startsWith("POST");
  }

  private static boolean isAnswer(SpanData span) {
    Long status = span.getAttributes().get(STATUS);
    return span.getKind() == SpanKind.SERVER
        && span.getName().startsWith("HEAD")
        && status != null
        && status == OK;
  }

  private static Predicate<SpanData> handles(String topic) {
    return span -> {
      String name = span.getAttributes().get(TOPIC);
      return span.getKind() == SpanKind.CONSUMER && name != null && name.endsWith(topic);
    };
  }

  /** {@code hinted 0.01 s, observed 0.05 s, ...}: seconds since the origin. */
  public String text() {
    return events.stream()
        .map(e -> String.format(Locale.ROOT, "%s %.2f s", e.what(), (e.at() - origin) / NANOS))
        .collect(Collectors.joining(", "));
  }
}
