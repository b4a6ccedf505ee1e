package dev.longshore.resolver.site.neighbor;

import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import java.net.InetSocketAddress;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which neighbors answer, and which are skipped for a while. */
final class Roster {
  private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

  /** One that is away is not asked for so long, unless it answers a greeting before. */
  private static final Duration REST = Duration.ofSeconds(30);

  /** One that sends what it must not, and this node itself; no greeting ends it. */
  private static final Duration LONG_REST = Duration.ofMinutes(10);

  /** One that answered within that is there, though it may be slow. */
  private static final Duration LATELY = Duration.ofSeconds(30);

  private final LongSupplier nanos;
  private final Map<InetSocketAddress, Rest> resting = new ConcurrentHashMap<>();
  private final Map<InetSocketAddress, Seen> seen = new ConcurrentHashMap<>();

  private record Rest(long until, boolean isLong) {}

  private record Seen(String node, long at) {}

  Roster(LongSupplier nanos) {
    this.nanos = nanos;
  }

  boolean mayBeAsked(InetSocketAddress address) {
    return rest(address).isEmpty();
  }

  boolean mayBeGreeted(InetSocketAddress address) {
    return rest(address).filter(Rest::isLong).isEmpty();
  }

  private Optional<Rest> rest(InetSocketAddress address) {
    Rest rest = resting.get(address);
    if (rest != null && nanos.getAsLong() - rest.until() >= 0) {
      resting.remove(address, rest);
      return Optional.empty();
    }
    return Optional.ofNullable(rest);
  }

  /** It said who it is. */
  void answered(InetSocketAddress address, String node) {
    Rest rest = resting.get(address);
    if (rest != null && !rest.isLong()) {
      resting.remove(address, rest);
    }
    if (seen.put(address, new Seen(node, nanos.getAsLong())) == null) {
      LOG.info("neighbor {} at {} answers", node, address);
    }
  }

  /** The name of one that is there, though it may be slow. */
  Optional<String> lately(InetSocketAddress address) {
    Seen last = seen.get(address);
    return last == null || nanos.getAsLong() - last.at() > LATELY.toNanos()
        ? Optional.empty()
        : Optional.of(last.node());
  }

  /** It did not say who it is; one that is slow alone has its time. */
  void silent(InetSocketAddress address, HubException why) {
    if (isSlow(why) && (lately(address).isPresent() || !seen.containsKey(address))) {
      return;
    }
    if (seen.remove(address) != null) {
      LOG.warn("it is passed over until it answers: {}", why.getMessage());
    }
    failed(address, why);
  }

  private static boolean isSlow(HubException e) {
    return e.getCause() instanceof HttpTimeoutException timeout
        && !(timeout instanceof HttpConnectTimeoutException);
  }

  /** It did not give what it was asked for. */
  void failed(InetSocketAddress address, Exception why) {
    if (why instanceof HubException known
        && (known.kind() == Kind.ABSENT || known.kind() == Kind.FROM_ANOTHER)) {
      return;
    }
    if (why instanceof HubException known && known.kind() == Kind.WRONG) {
      restLong(address);
    } else if (mayBeAsked(address)) {
      resting.put(address, new Rest(nanos.getAsLong() + REST.toNanos(), false));
    }
  }

  void restLong(InetSocketAddress address) {
    // An address may be another's some day.
    resting.put(address, new Rest(nanos.getAsLong() + LONG_REST.toNanos(), true));
  }

  /** How many answered lately. */
  int answering() {
    return (int) seen.keySet().stream().filter(address -> lately(address).isPresent()).count();
  }

  /** Their names. */
  Set<String> names() {
    return seen.keySet().stream()
        .flatMap(address -> lately(address).stream())
        .collect(Collectors.toSet());
  }
}
