package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes by itself: the endpoint is named, nothing is announced, the next try succeeds. */
class OutageTest {
  private static final String REGISTRY = "registry localhost:5055";
  private static final String REPOSITORY = "repository localhost:5055/team/app";
  private static final String KUBO = "kubo ingest";

  private final TestConverter converter = new TestConverter();
  private final Uploads uploads = new Uploads(converter.registry, APP);
  private final Descriptor layer = uploads.layer(1, 600_000);
  private final Descriptor image = uploads.image(layer);

  @ParameterizedTest
  @ValueSource(ints = {500, 503, 401, 403})
  void registryThatAnswersForOneRepositoryWithAnError(int status) throws Exception {
    converter.registry.faults().next(layer.digest().toString(), new Fault.Status(status));

    assertThat(postponed())
        .returns(REPOSITORY, TransientFailure::endpoint)
        .returns(REGISTRY, TransientFailure::answered);
    succeeds();
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503, 401, 403})
  void registryThatAnswersForNothingButWithAnError(int status) throws Exception {
    converter.registry.faults().next(layer.digest().toString(), new Fault.Status(status));
    converter.registry.faults().next(InMemoryRegistry.PING, new Fault.Status(status));

    assertThat(postponed()).returns(REGISTRY, TransientFailure::endpoint);
    succeeds();
  }

  @Test
  void registryThatCountsRequests() throws Exception {
    converter.registry.faults().next(layer.digest().toString(), new Fault.Status(429));

    assertThat(postponed()).returns(REGISTRY, TransientFailure::endpoint);
    succeeds();
  }

  @Test
  void registryThatAsksForTimeBeforeItsManifest() throws Exception {
    converter
        .registry
        .faults()
        .next(image.digest().toString(), new Fault.Status(429, Optional.of(Duration.ofSeconds(7))));

    assertThat(postponed())
        .returns(REGISTRY, TransientFailure::endpoint)
        .returns(Duration.ofSeconds(7), TransientFailure::retryAfter);
    succeeds();
  }

  @Test
  void connectionThatBreaksWithinALayer() throws Exception {
    converter.registry.faults().next(layer.digest().toString(), new Fault.CutAfter(300_000));

    assertThat(postponed())
        .returns(REPOSITORY, TransientFailure::endpoint)
        .hasMessageContaining(layer.digest().toString());
    succeeds();
  }

  @Test
  void peerThatIsAway() throws Exception {
    converter.peer.trouble().goDown();

    assertThat(postponed()).returns(KUBO, TransientFailure::endpoint);
    converter.peer.trouble().clear();
    succeeds();
  }

  @Test
  void peerThatIsFull() throws Exception {
    converter.peer.trouble().limitStorage(300_000);

    assertThat(postponed())
        .returns(KUBO, TransientFailure::endpoint)
        .hasMessageContaining("no space left");
    converter.peer.trouble().clear();
    succeeds();
  }

  @Test
  void peerThatStrangersCanReach() throws Exception {
    converter.peer.setPrivacy(new SwarmPrivacy.Public(List.of("Routing.Type is auto: set none")));

    assertThat(postponed())
        .returns(KUBO, TransientFailure::endpoint)
        .hasMessageStartingWith(
            KUBO + ": look whether strangers can reach it: Routing.Type is auto")
        .hasMessageContaining("allow-public-ipfs");
    assertThat(converter.peer.storedBlocks()).isEmpty();
    converter.peer.setPrivacy(new SwarmPrivacy.Private());
    succeeds();
  }

  private TransientFailure postponed() {
    TransientFailure failure =
        catchThrowableOfType(
            TransientFailure.class, () -> converter.handle(observed(APP, "1", image)));
    assertThat(failure).isNotNull();
    assertThat(converter.committed).isEmpty();
    assertThat(converter.peer.pinned()).isEmpty();
    return failure;
  }

  private void succeeds() throws Exception {
    converter.handle(observed(APP, "1", image));
    assertThat(converter.announced()).hasSize(1);
  }
}
