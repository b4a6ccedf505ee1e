package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Reference;
import dev.longshore.model.Tag;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.oci.source.RequestQuota;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every request over HTTP is one of the budget's, not every call. */
class BudgetedClientTest {
  private final InMemoryRegistry content = new InMemoryRegistry();
  private final AtomicLong nanos = new AtomicLong();
  private final RequestBudget budget =
      new RequestBudget(10, nanos::get, time -> nanos.addAndGet(time.toNanos()));
  private HttpRegistry registry;
  private Reference image;
  private ImageSource client;

  @BeforeEach
  void start() throws Exception {
    registry = HttpRegistry.start(content, HttpRegistryOptions.plain());
    image = Reference.tagged(registry.name("team/app"), new Tag("v1"));
    content.push(registry.name("team/app"), "v1", RandomImage.of(1));
    client =
        new RegistryClient(
                Registries.of(RegistryConfig.of(registry.host())), ClientSettings.defaults())
            .within(budget);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void aTagCostsOneHeadAndNoBody() throws Exception {
    client.resolve(image);

    assertThat(registry.requests()).extracting(HttpRegistry.Seen::method).containsExactly("HEAD");
  }

  @Test
  void theQuotaThatTheRegistryTellsIsKnown() throws Exception {
    assertThat(RequestLimits.quota(head("RateLimit-Limit", "100;w=21600")))
        .contains(new RequestQuota(100, Duration.ofHours(6), OptionalLong.empty()));
    assertThat(RequestLimits.quota(head("RateLimit-Limit", "100"))).isEmpty();
    assertThat(RequestLimits.quota(head("RateLimit-Limit", "0;w=21600"))).isEmpty();
    assertThat(RequestLimits.quota(head("RateLimit-Limit", "100;w=99999999999999"))).isEmpty();

    client.resolve(image);
    assertThat(budget.quota()).as("of one that tells none").isEmpty();
  }

  private static AnswerHead head(String name, String value) {
    return new AnswerHead(200, Map.of(name.toLowerCase(Locale.ROOT), List.of(value)));
  }

  @Test
  void whatIsTriedAgainCountsAgain() throws Exception {
    content.faults().next("v1", new Fault.Status(500));

    client.resolve(image);

    assertThat(registry.requests()).hasSize(2);
    assertThat(Duration.ofNanos(nanos.get())).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void oneRefusalHoldsBackTheRequestsOfAll() throws Exception {
    content.faults().next("v1", new Fault.Status(429, Optional.of(Duration.ofMinutes(10))));
    assertThatThrownBy(() -> client.resolve(image)).isInstanceOf(RegistryException.class);
    int requests = registry.requests().size();

    assertThatThrownBy(() -> client.tags(image.name(), ""))
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> {
              assertThat(e.retryAfter()).isPresent();
              assertThat(isOverAll(e)).as("a matter of the whole registry").isTrue();
            });

    assertThat(registry.requests()).hasSize(requests);
    nanos.addAndGet(Duration.ofMinutes(10).toNanos());
    client.resolve(image);
  }

  private boolean isOverAll(RegistryException e) {
    try {
      return client.isOverAll(registry.host(), Optional.of(image.name()), e);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
