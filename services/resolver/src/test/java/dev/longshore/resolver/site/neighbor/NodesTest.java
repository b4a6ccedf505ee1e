package dev.longshore.resolver.site.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.testing.Eventually;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which addresses a site's nodes have. */
class NodesTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Map<String, List<String>> names = new ConcurrentHashMap<>();

  private InetAddress[] lookup(String name) throws UnknownHostException {
    List<String> known = names.get(name);
    if (known == null) {
      throw new UnknownHostException(name);
    }
    InetAddress[] all = new InetAddress[known.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = InetAddress.ofLiteral(known.get(i));
    }
    return all;
  }

  private static List<String> shown(Nodes nodes) {
    try {
      return nodes.addresses().stream().map(NeighborClient::shown).toList();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void allAddressesOfANameAreNodesAndFollowIt() throws Exception {
    names.put("nodes.shop", List.of("10.0.0.1", "fd00::2"));
    Nodes nodes = new Nodes(List.of("nodes.shop:5057"), this::lookup, nanos::get);

    assertThat(shown(nodes)).containsExactly("10.0.0.1:5057", "[fd00:0:0:0:0:0:0:2]:5057");

    names.put("nodes.shop", List.of("10.0.0.3"));
    assertThat(shown(nodes)).as("before it is looked up again").hasSize(2);
    nanos.addAndGet(Duration.ofSeconds(31).toNanos());
    Eventually.await("it follows", () -> shown(nodes).equals(List.of("10.0.0.3:5057")));
  }

  @Test
  void aNameThatIsNotFoundForAWhileKeepsItsAddresses() throws Exception {
    names.put("one.shop", List.of("10.0.0.1"));
    names.put("two.shop", List.of("10.0.0.2"));
    Nodes nodes = new Nodes(List.of("one.shop:1", "two.shop:2"), this::lookup, nanos::get);
    assertThat(shown(nodes)).hasSize(2);

    names.remove("one.shop");
    names.put("two.shop", List.of("10.0.0.9"));
    nanos.addAndGet(Duration.ofSeconds(31).toNanos());

    Eventually.await(
        "the other follows", () -> shown(nodes).equals(List.of("10.0.0.1:1", "10.0.0.9:2")));
  }

  @Test
  void aServerOfNamesThatHangsHoldsNobodyUp() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Nodes nodes =
        new Nodes(
            List.of("nodes.shop:5057"),
            _ -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return new InetAddress[0];
            },
            nanos::get);

    assertThat(nodes.addresses()).isEmpty();
    never.countDown();
  }
}
