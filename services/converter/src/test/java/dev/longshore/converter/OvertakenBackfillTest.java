package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.kafka.step.Effects;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A backfill whose tag was pushed anew: the push waits behind it, and must not for all of it. */
@Timeout(30)
class OvertakenBackfillTest {
  private static final Tag TAG = new Tag("v1");
  private static final Instant LATER = NOON.plusSeconds(1);

  private final TestConverter converter = new TestConverter();
  private final ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
  private final Uploads uploads = new Uploads(converter.registry, APP);
  private final Descriptor layer = uploads.layer(1, 1000);
  private final Descriptor old = uploads.image(layer);
  private final Descriptor fresh = uploads.image(uploads.layer(2, 1000));

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  @Test
  void itIsGivenUpAndLeavesNothing() throws Exception {
    Effects made = whileItIsConverted(Origin.BACKFILL, fresh);

    assertThat(made.records()).isEmpty();
    assertThat(converter.peer.pinned()).isEmpty();
  }

  @Test
  void oneThatHasNotBegunIsNotRead() throws Exception {
    converter.commit(state(fresh, LATER));

    assertThat(converter.handle(observed(Origin.BACKFILL)).records()).isEmpty();
    assertThat(converter.registry.reads(layer.digest())).isZero();
  }

  @Test
  void aPushOfTheSameDigestGoesOnWithIt() throws Exception {
    assertThat(whileItIsConverted(Origin.BACKFILL, old).records()).isNotEmpty();
  }

  /** Each version of a push is kept. */
  @Test
  void afterAFreshPushTheNextOneWaits() throws Exception {
    assertThat(whileItIsConverted(Origin.WEBHOOK, fresh).records()).isNotEmpty();
  }

  @Test
  void whatTheTagPointedToBeforeOvertakesNothing() throws Exception {
    converter.commit(state(fresh, NOON.minusSeconds(1)));

    assertThat(converter.handle(observed(Origin.BACKFILL)).records()).isNotEmpty();
  }

  /** Pushes this while the other is under way. */
  private Effects whileItIsConverted(Origin origin, Descriptor pushed) throws Exception {
    var gate = new CountDownLatch(1);
    converter.registry.faults().next(layer.digest().toString(), new Fault.Held(gate));
    Future<Effects> conversion = thread.submit(() -> converter.handle(observed(origin)));
    Await.until(() -> converter.registry.reads(layer.digest()) == 1);
    converter.commit(state(pushed, LATER));
    gate.countDown();
    return conversion.get();
  }

  private Observed observed(Origin origin) {
    return new Observed(
        APP, TAG, old.digest(), old.mediaType(), old.size(), origin, NOON, NOON, null);
  }

  private static TagState state(Descriptor top, Instant at) {
    List<Digest> before = List.of();
    return new TagState(
        APP,
        TAG,
        top.digest(),
        top.mediaType(),
        top.size(),
        before,
        false,
        Origin.WEBHOOK,
        at,
        at,
        List.of(),
        at,
        null);
  }
}
