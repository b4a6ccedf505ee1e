package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.ServedPlace;
import dev.longshore.runtime.edge.http.EdgeHandler;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.sites.End;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a site the changes since its cursor, or waits for one. */
final class ChangesHandler implements EdgeHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ChangesHandler.class);

  /** Proxies and firewalls cut connections that are idle for a minute. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(55);

  /** How long removals are recorded: a site that was away longer may have missed one. */
  private static final Duration LONGEST_AWAY = Catalog.DELETIONS_KEPT;

  /** Time for a restarted hub to catch up. */
  private static final Duration CATCHING_UP = Duration.ofSeconds(10);

  /** Assumed limit of the difference between two hubs' clocks. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  /** Time for the follower to pass records that this process already stored. */
  private static final Duration PASSING = Duration.ofMillis(200);

  private final Catalog catalog;
  private final SiteCall.Reader calls;
  private final ChangeSignals signals;
  private final WaitingCalls waiting;
  private final ReportIntake reports;
  private final AnswerSigner signer;
  private final SiteLines lines;
  private final InstantSource clock;
  private final Duration longestWait;

  /**
   * @param answerWithin when the listener gives up on an answer that has not begun
   */
  ChangesHandler(
      Catalog catalog,
      SiteCall.Reader calls,
      ChangeSignals signals,
      WaitingCalls waiting,
      ReportIntake reports,
      AnswerSigner signer,
      SiteImages images,
      Duration answerWithin,
      InstantSource clock) {
    this.catalog = catalog;
    this.calls = calls;
    this.signals = signals;
    this.waiting = waiting;
    this.reports = reports;
    this.signer = signer;
    this.lines = new SiteLines(images, clock);
    this.clock = clock;
    // A quarter of the time is left for everything but waiting.
    Duration most = answerWithin.multipliedBy(3).dividedBy(4);
    this.longestWait = most.compareTo(LONGEST_WAIT) < 0 ? most : LONGEST_WAIT;
  }

  @Override
  public void handle(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    SiteCall call = calls.of(exchange);
    long end = System.nanoTime() + wait(exchange).toNanos();
    checkNonce(exchange);
    reports.take(call, exchange.body());
    @Nullable Cursor cursor = exchange.query("after").flatMap(Cursor::parse).orElse(null);
    try {
      tell(exchange, call, cursor, end);
    } catch (NotYetException e) {
      LOG.debug("site {}: {}", call.caller().site(), e.getMessage());
      throw notYet(String.valueOf(e.getMessage()), 2);
    }
  }

  private void tell(Exchange exchange, SiteCall call, @Nullable Cursor cursor, long end)
      throws HttpFailure, IOException, InterruptedException {
    Cursor now = place(call);
    boolean leads = cursor != null && leadsTo(now, cursor);
    if (cursor != null && leads && cursor.isAheadOf(now.offsets())) {
      now = caughtUp(call, cursor, end);
      leads = leadsTo(now, cursor) && !cursor.isAheadOf(now.offsets());
    }
    if (cursor == null || !leads) {
      snapshot(exchange, call, null, now);
    } else if (cursor.key() != null) {
      snapshot(exchange, call, cursor, cursor);
    } else {
      change(exchange, call, cursor, now, end);
    }
  }

  private Duration wait(Exchange exchange) throws HttpFailure {
    String text = exchange.query("wait").orElse("0s");
    if (!text.matches("[0-9]{1,5}s")) {
      throw new HttpFailure(
          400, "BAD_REQUEST", "wait: \"" + text + "\" (expected: seconds, such as 55s)");
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
    return asked.compareTo(longestWait) < 0 ? asked : longestWait;
  }

  /** It is returned signed, so that callers cannot get anything else signed. */
  private static void checkNonce(Exchange exchange) throws HttpFailure {
    Optional<String> nonce = exchange.query("nonce");
    if (nonce.isPresent() && !nonce.get().matches(End.NONCE)) {
      throw new HttpFailure(
          400, "BAD_REQUEST", "nonce: of another form (expected: 128 bits in base64url)");
    }
  }

  /** The topic's position once this hub has read as far as the site's cursor. */
  private Cursor caughtUp(SiteCall call, Cursor cursor, long end)
      throws HttpFailure, InterruptedException {
    Duration left = until(end);
    Optional<Cursor> reached =
        catalog.await(
            () -> find(call).filter(now -> !cursor.isAheadOf(now.offsets())),
            shorter(left, CATCHING_UP));
    if (reached.isPresent()) {
      return reached.get();
    }
    Cursor now = place(call);
    if (now.at().isAfter(cursor.at().plus(CLOCKS))) {
      LOG.warn(
          "site {} has applied records that Kafka has lost since; sending it a new snapshot",
          call.caller().site());
      return now;
    }
    throw notYet("this hub has yet to read what site " + call.caller().site() + " was told", 5);
  }

  private Cursor place(SiteCall call) throws HttpFailure {
    return find(call).orElseThrow(() -> notYet("this hub is still reading what names show", 5));
  }

  /** Empty while this hub has not read everything. */
  private Optional<Cursor> find(SiteCall call) {
    if (!catalog.isWhole()) {
      return Optional.empty();
    }
    Optional<Instant> completeAt = catalog.completeAt();
    Optional<ServedPlace> place = catalog.served().place();
    return place.flatMap(
        at ->
            completeAt.map(
                when ->
                    new Cursor(at.topic(), at.offsets(), call.group().rules().hash(), when, null)));
  }

  /** Whether the site's cursor is of the same topic and rules, and not too old. */
  private boolean leadsTo(Cursor now, Cursor cursor) {
    Instant time = clock.instant();
    return cursor.topic().equals(now.topic())
        && cursor.rules().equals(now.rules())
        && cursor.at().isAfter(time.minus(LONGEST_AWAY))
        && cursor.at().isBefore(time.plus(LONGEST_AWAY));
  }

  private void snapshot(Exchange exchange, SiteCall call, @Nullable Cursor cursor, Cursor from)
      throws HttpFailure, IOException, InterruptedException {
    Steps steps = new Snapshot(catalog, call.group().rules(), lines, from);
    answer(exchange, call, lines(exchange, call, cursor, from, steps));
  }

  private void change(Exchange exchange, SiteCall call, Cursor cursor, Cursor first, long end)
      throws HttpFailure, IOException, InterruptedException {
    ChangeSignals.Signal signal = signals.of(call.group());
    Cursor now = first;
    while (true) {
      long seen = signal.count();
      Delta delta = new Delta(catalog, call.group().rules(), lines, cursor, now);
      CursorStep found = delta.next();
      Duration left = until(end);
      if (found == null || !found.lines().isEmpty() || left.isZero()) {
        answer(exchange, call, cursor, delta, found);
        return;
      }
      waiting.await(
          signal, seen, delta.isAhead() ? PASSING : left, () -> isOtherwise(exchange, call));
      SiteCall again = calls.of(exchange);
      if (!again.group().equals(call.group())) {
        tell(exchange, again, cursor, System.nanoTime());
        return;
      }
      if (until(end).isZero() && signal.count() == seen && !delta.isAhead()) {
        // Nothing came: there is no need to read where it would be.
        answer(exchange, call, cursor, delta, found);
        return;
      }
      now = place(call);
      if (!leadsTo(now, cursor)) {
        throw notYet("the topic of what names show was made anew", 1);
      }
    }
  }

  /** Whether a site that waits was shut out, or has another group or other rules. */
  private boolean isOtherwise(Exchange exchange, SiteCall call) {
    try {
      return !calls.of(exchange).group().equals(call.group());
    } catch (HttpFailure e) {
      return true;
    }
  }

  private void answer(
      Exchange exchange, SiteCall call, Cursor cursor, Delta delta, @Nullable CursorStep found)
      throws HttpFailure, IOException, InterruptedException {
    SignedLines lines = lines(exchange, call, cursor, cursor, delta);
    if (found != null) {
      lines.first(found);
    }
    answer(exchange, call, lines);
  }

  private static Duration until(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private SignedLines lines(
      Exchange exchange, SiteCall call, @Nullable Cursor cursor, Cursor start, Steps steps)
      throws HttpFailure, IOException {
    return new SignedLines(
        call.caller().site(),
        exchange.query("nonce").orElse(null),
        call.group().line(),
        cursor == null ? null : cursor.text(),
        start,
        steps,
        signer,
        Encoding.of(exchange.headers("Accept-Encoding")),
        clock);
  }

  private void answer(Exchange exchange, SiteCall call, SignedLines lines)
      throws IOException, InterruptedException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/jsonl");
    headers.put("Vary", "Accept-Encoding");
    headers.putAll(Encoding.of(exchange.headers("Accept-Encoding")).headers());
    try (lines) {
      exchange.chunks(200, headers, -1, calls.whileAdmitted(exchange, call, lines), 1);
    }
  }

  private static HttpFailure notYet(String why, int seconds) {
    return new HttpFailure(
        503,
        "NOT_YET",
        why + "; try again",
        Map.of("Retry-After", Integer.toString(seconds)),
        null);
  }
}
