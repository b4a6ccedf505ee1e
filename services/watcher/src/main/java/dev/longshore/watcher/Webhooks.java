package dev.longshore.watcher;

import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.events.ReferenceHint;
import dev.longshore.runtime.edge.http.EdgeHandler;
import dev.longshore.runtime.edge.http.ErrorBodies;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.watcher.Deliveries.Outcome;
import dev.longshore.watcher.WebhookMeter.Result;
import dev.longshore.watcher.sender.Delivery;
import dev.longshore.watcher.sender.Distribution;
import dev.longshore.watcher.sender.DistributionEvents;
import dev.longshore.watcher.sender.NotUnderstoodException;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import dev.longshore.watcher.sender.NotifiedChange;
import dev.longshore.watcher.sender.ParsedNotification;
import io.opentelemetry.api.metrics.Meter;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives registries' notifications: stores what an authenticated sender posts, then confirms it.
 *
 * <p>The CNCF registry's are stored unchanged. Those of other senders are stored in its form, so
 * that Kafka holds one form, which every release reads, and no body is too long for it.
 *
 * <p>A registry repeats an unconfirmed notification for ever and in order, so an unreadable body is
 * stored too and fails later, where it blocks nothing, as far as {@link KeptBodies} has room; one
 * of another sender only if it is not too long. Only notifications without any change are not
 * stored: a registry sends one for every read, ours included.
 */
final class Webhooks implements EdgeHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final byte[] NOTHING = {};

  /** The form that hints have whoever sent them. */
  private static final Distribution NORMAL = new Distribution("distribution");

  /** Characters of a registry's name or a content type; with the body they stay below 64 KiB. */
  private static final int MAX_TEXT = 255;

  /** Each has up to some 700 bytes, and a hint's body {@link Hint#BODY_LIMIT}. */
  private static final int CHANGES_OF_A_HINT = 50;

  private final HintSink hints;
  private final Map<String, WebhookSource> sources;
  private final WebhookMeter meter;
  private final Deliveries deliveries;
  private final KeptBodies kept;
  private final SenderAdmission admission;
  private final Clock clock;

  /**
   * @param sources by the names in their webhook URLs
   */
  Webhooks(
      HintSink hints,
      Map<String, WebhookSource> sources,
      Deliveries deliveries,
      Meter meter,
      Clock clock) {
    this.hints = hints;
    this.sources = Map.copyOf(sources);
    this.meter =
        new WebhookMeter(
            meter,
            sources.values().stream().map(source -> source.sender().name()).distinct().toList());
    this.deliveries = deliveries;
    this.kept = new KeptBodies(clock);
    this.admission = new SenderAdmission(sources, this.meter, deliveries);
    this.clock = clock;
  }

  Route route() {
    return new Route(
        "webhooks",
        Scope.HINT,
        Set.of("POST", "OPTIONS"),
        path -> path.startsWith(WebhookPath.PREFIX) && path.length() > WebhookPath.PREFIX.length(),
        ErrorBodies.PLAIN,
        this,
        admission);
  }

  @Override
  public void handle(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    String name = WebhookPath.of(exchange.path(), sources.keySet()).source();
    if (name.length() > MAX_TEXT) {
      throw new HttpFailure(
          404, "UNKNOWN_SOURCE", "no registry has a name of " + name.length() + " characters");
    }
    if (exchange.method().equals("OPTIONS")) {
      // CloudEvents' webhooks: without this, Azure's Event Grid makes no subscription.
      exchange.send(204, Map.of("Allow", "POST", "WebHook-Allowed-Origin", "*"), NOTHING);
      return;
    }
    byte[] body = exchange.body();
    String contentType = exchange.header("Content-Type").orElse("");
    Delivery delivery = new Delivery(contentType, exchange::header, body);
    WebhookSource source = sources.get(name);
    Receipt receipt =
        source == null
            ? notUnderstood(
                KeptBodies.OF_NO_REGISTRY,
                List.of(),
                hint(name, delivery, clock.instant()),
                Optional.empty())
            : receipt(name, source, delivery, clock.instant());
    String repository =
        receipt.hints().isEmpty()
            ? receipt.told().map(ParsedNotification::repository).orElse(null)
            : receipt.hints().getFirst().repository();
    exchange
        .visit()
        .isAbout(
            Operation.HINT,
            repository == null ? "" : repository,
            source == null ? WebhookPath.HIDDEN : name);
    store(receipt);
    meter.took(receipt.result());
    if (source == null) {
      deliveries.add(name, "unknown", Outcome.NOT_UNDERSTOOD, "no registry has this name");
    } else {
      receipt.told().ifPresent(told -> tell(name, source, told));
    }
    exchange.send(202, Map.of(), NOTHING);
  }

  /**
   * What to store of a notification.
   *
   * @param room what one of the hints takes, as it is not understood
   */
  private record Receipt(
      List<Hint> hints,
      Result result,
      Optional<ParsedNotification> told,
      Optional<KeptBodies.Room> room) {
    Receipt(List<Hint> hints, Result result, Optional<ParsedNotification> told) {
      this(hints, result, told, Optional.empty());
    }
  }

  /** What nobody understands becomes a dead letter, to be replayed when it is understood. */
  private Receipt notUnderstood(
      String source, List<Hint> understood, Hint dead, Optional<ParsedNotification> told) {
    Optional<KeptBodies.Room> room = kept.takeRoom(source);
    List<Hint> stored = Stream.concat(understood.stream(), room.map(_ -> dead).stream()).toList();
    return new Receipt(stored, Result.MALFORMED, told, room);
  }

  private Receipt receipt(String name, WebhookSource source, Delivery delivery, Instant now) {
    if (source.sender() instanceof Distribution) {
      return distribution(name, source, delivery, now);
    }
    ParsedNotification told = source.sender().told(delivery);
    List<Hint> understood = normal(name, told.changes(), now);
    Optional<Reason> problem = told.problem().map(NotUnderstoodException::reason);
    if (problem.isEmpty()) {
      Result result = understood.isEmpty() ? Result.NOTHING : Result.HINT;
      return new Receipt(understood, result, Optional.of(told));
    }
    Hint dead = hint(name, source.sender().kept(delivery), now);
    // A part of it would never be understood.
    return problem.get() == Reason.EVENT || dead.truncated()
        ? new Receipt(understood, Result.MALFORMED, Optional.of(told))
        : notUnderstood(name, understood, dead, Optional.of(told));
  }

  private Receipt distribution(String name, WebhookSource source, Delivery delivery, Instant now) {
    if (isTooLong(delivery.body())) {
      return new Receipt(List.of(hint(name, delivery, null, now)), Result.HINT, Optional.empty());
    }
    ParsedNotification told = source.sender().told(delivery);
    boolean isRead = told.problem().isEmpty();
    if (isRead && told.changes().isEmpty()) {
      return new Receipt(List.of(), Result.NOTHING, Optional.of(told));
    }
    Hint hint = hint(name, delivery, told.repository(), now);
    return isRead
        ? new Receipt(List.of(hint), Result.HINT, Optional.of(told))
        : notUnderstood(name, List.of(), hint, Optional.of(told));
  }

  /** Hints in the CNCF registry's form, each about one repository, whose key they have. */
  static List<Hint> normal(String name, List<NotifiedChange> changes, Instant now) {
    Map<String, List<NotifiedChange>> byRepository = new LinkedHashMap<>();
    changes.forEach(
        change ->
            byRepository.computeIfAbsent(change.repository(), _ -> new ArrayList<>()).add(change));
    List<Hint> hints = new ArrayList<>();
    byRepository.forEach(
        (repository, its) -> {
          if (its.stream().anyMatch(NotifiedChange::isOfWholeRepository)) {
            byte[] body = ReferenceBody.write(new ReferenceHint(repository, null, null, null));
            hints.add(hintAt(name, repository, Hint.REFERENCE, body, true, now));
          }
          List<NotifiedChange> named =
              its.stream().filter(change -> !change.isOfWholeRepository()).toList();
          for (int from = 0; from < named.size(); from += CHANGES_OF_A_HINT) {
            List<NotifiedChange> some =
                named.subList(from, Math.min(named.size(), from + CHANGES_OF_A_HINT));
            byte[] body = DistributionEvents.write(some);
            hints.add(hintAt(name, repository, DistributionEvents.V2, body, false, now));
          }
        });
    return hints;
  }

  private static Hint hintAt(
      String name, String repository, String type, byte[] body, boolean isWhole, Instant now) {
    return new Hint(
        Origin.WEBHOOK,
        name,
        repository,
        type,
        Base64.getEncoder().encodeToString(body),
        isWhole,
        now);
  }

  private void store(Receipt receipt) throws HttpFailure, InterruptedException {
    boolean stored = false;
    try {
      for (Hint hint : receipt.hints()) {
        hints.store(hint);
      }
      stored = true;
    } catch (HintNotStoredException e) {
      throw new HttpFailure(
          503,
          "KAFKA_UNAVAILABLE",
          "the notification could not be stored; send it again",
          Map.of("Retry-After", "1"),
          e);
    } finally {
      if (!stored) {
        receipt.room().ifPresent(KeptBodies.Room::giveBack);
      }
    }
  }

  private void tell(String name, WebhookSource source, ParsedNotification told) {
    String sender = source.sender().name();
    if (told.problem().isEmpty()) {
      deliveries.add(
          name,
          sender,
          told.changes().isEmpty() ? Outcome.NOTHING : Outcome.HINT,
          told.text(),
          told.images());
      return;
    }
    meter.notUnderstood(sender, told.problem().get().reason());
    deliveries.add(name, sender, Outcome.NOT_UNDERSTOOD, told.text(), told.images());
    LOG.warn(
        "a notification of {} to {}{} is not understood: {}",
        sender,
        WebhookPath.PREFIX,
        name,
        told.text());
  }

  /** The hint for a delivery that nothing else is known about, as it came. */
  static Hint hint(String source, Delivery delivery, Instant now) {
    boolean canBeRead = !isTooLong(delivery.body());
    return hint(source, delivery, canBeRead ? NORMAL.told(delivery).repository() : null, now);
  }

  /**
   * Must fit into an event: otherwise its sender would repeat it, and everything behind it, for
   * ever.
   */
  private static Hint hint(
      String source, Delivery delivery, @Nullable String repository, Instant now) {
    byte[] body = delivery.body();
    boolean truncated = isTooLong(body);
    String contentType = delivery.contentType();
    return new Hint(
        Origin.WEBHOOK,
        source,
        repository,
        contentType.substring(0, Math.min(contentType.length(), MAX_TEXT)),
        Base64.getEncoder().encodeToString(truncated ? Arrays.copyOf(body, Hint.BODY_LIMIT) : body),
        truncated,
        now);
  }

  private static boolean isTooLong(byte[] body) {
    return body.length > Hint.BODY_LIMIT;
  }
}
