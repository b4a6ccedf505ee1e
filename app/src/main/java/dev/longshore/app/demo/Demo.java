package dev.longshore.app.demo;

import dev.longshore.app.DevelopmentRun;
import dev.longshore.app.demo.PullBack.Pulled;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.Reference;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.runtime.service.telemetry.RecordedSpans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Pushes an image to the registry of a running development run, and pulls it back. */
public final class Demo {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration SPANS_LIMIT = Duration.ofSeconds(5);
  private static final Duration RESOLVABLE_PAUSE = Duration.ofMillis(20);
  private final DevelopmentRun run;
  private final PushTrace pushTrace;
  private final RecordedSpans spans;
  private final ProgressDisplay progress;

  /**
   * @param pushTrace sees the run's spans, like {@code spans}
   */
  public Demo(
      DevelopmentRun run, PushTrace pushTrace, RecordedSpans spans, ProgressDisplay progress) {
    this.run = run;
    this.pushTrace = pushTrace;
    this.spans = spans;
    this.progress = progress;
  }

  /**
   * The result.
   *
   * @param trace id of the push's trace
   * @param pullTrace id of the pull's trace, linked to it
   */
  public record Outcome(
      Reference image,
      ImageState state,
      PinState pin,
      TimeLine timeLine,
      String trace,
      String pullTrace,
      int manifests,
      int blobs,
      long bytes) {}

  /** Pushes, waits, pulls and compares. */
  public Outcome run(DemoImage image)
      throws IOException, RegistryException, TimeoutException, InterruptedException {
    Reference to = image.to();
    String key = TagState.key(to.name(), to.tag().orElseThrow());
    pushTrace.lookFor(key);
    progress.now("pushing " + to);
    Descriptor pushed =
        new RegistryPusher(Registries.of(), ClientSettings.defaults())
            .push(image.source(), image.from(), to.name(), to.tag().orElseThrow().text());
    progress.done("pushed     " + to + " " + pushed.digest());
    ImageState state = await("to be converted", key, () -> converted(pushed));
    progress.done("converted  ipfs://" + state.root());
    PinState pin = await("for its copies", key, () -> pinned(state));
    progress.done("pinned     on " + pin.verified() + " of " + pin.wanted() + " peers");
    String trace = pushTrace.await(SPANS_LIMIT);
    PullBack pullBack =
        new PullBack(URI.create("http://127.0.0.1:" + run.ports().resolver()), image);
    SpanContext parent = remote(trace);
    awaitResolvable(pullBack, parent);
    progress.now("pulling it back from the resolver");
    Tracer tracer = run.longshore().openTelemetry().getTracer("dev.longshore.demo");
    // The root of a separate trace: a pulling client does not know the push.
    Span pull = tracer.spanBuilder("pull").setNoParent().addLink(parent).startSpan();
    Pulled pulled;
    try (Scope _ = pull.makeCurrent()) {
      pulled = pullBack.run();
    } finally {
      pull.end();
    }
    progress.done("pulled     " + pulled.blobs() + " blobs, every byte is the same");
    String pullTrace = pull.getSpanContext().getTraceId();
    return new Outcome(
        to,
        state,
        pin,
        timeLine(trace, pullTrace, pin.verified()),
        trace,
        pullTrace,
        pulled.manifests(),
        pulled.blobs(),
        pulled.bytes());
  }

  private TimeLine timeLine(String trace, String pullTrace, int copies)
      throws InterruptedException {
    List<SpanData> ended =
        spans.await(
            trace,
            all -> {
              TimeLine line = TimeLine.of(all);
              return line.has("resolvable")
                  && line.has("pinned " + copies)
                  && line.has("observed")
                  && line.has("converted");
            },
            SPANS_LIMIT);
    List<SpanData> pull =
        spans.await(pullTrace, all -> all.stream().anyMatch(Demo::isRoot), SPANS_LIMIT);
    TimeLine line = TimeLine.of(ended);
    return pull.stream()
        .filter(Demo::isRoot)
        .findFirst()
        .map(root -> line.and("pulled", root.getEndEpochNanos()))
        .orElse(line);
  }

  private static boolean isRoot(SpanData span) {
    return !span.getParentSpanContext().isValid();
  }

  private static SpanContext remote(String trace) {
    return SpanContext.createFromRemoteParent(
        trace,
        // Only the trace is known here; the id of a nonexistent span is enough as a parent.
        "00000000000000de",
        TraceFlags.getSampled(),
        TraceState.getDefault());
  }

  /** The resolver learns about copies from Kafka, a moment after they are verified. */
  private static void awaitResolvable(PullBack pullBack, SpanContext trace)
      throws IOException, InterruptedException, TimeoutException {
    long end = System.nanoTime() + LIMIT.toNanos();
    try (Scope _ = Context.root().with(Span.wrap(trace)).makeCurrent()) {
      while (!pullBack.isThere()) {
        if (System.nanoTime() > end) {
          throw new TimeoutException("the resolver does not list the image within " + LIMIT);
        }
        java.util.concurrent.TimeUnit.MILLISECONDS.sleep(RESOLVABLE_PAUSE.toMillis());
      }
    }
  }

  private Optional<ImageState> converted(Descriptor pushed) {
    return catalog().conversions().ofDigest(pushed.digest()).stream().findFirst();
  }

  private Optional<PinState> pinned(ImageState image) {
    return catalog().pins().of(image.imageDag()).filter(pin -> pin.verified() >= pin.wanted());
  }

  private <T> T await(String what, String key, java.util.function.Supplier<Optional<T>> look)
      throws InterruptedException, TimeoutException {
    progress.now("waiting " + what);
    return catalog()
        .await(look, LIMIT)
        .orElseThrow(
            () ->
                new TimeoutException(
                    "waited %d s %s; %s".formatted(LIMIT.toSeconds(), what, troubles(key))));
  }

  private String troubles(String key) {
    return catalog().failures().of(key).stream()
        .map(WorkFailure::message)
        .findFirst()
        .orElse("no service reports a trouble; the log is in " + run.home().folder());
  }

  private Catalog catalog() {
    return run.longshore().catalog();
  }
}
