package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static dev.longshore.ipfs.node.Fault.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Cid;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a conversion holds on the ingest peer goes with it, however it ends. */
@Timeout(60)
class HoldsTest {
  private final HoldBed bed = new HoldBed();

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void aSmallImageTakesOneImportAndNothingStays() throws Exception {
    Set<String> calls = new TreeSet<>();
    var count = new AtomicInteger();
    bed.converter.writeTo(
        bed.over(
            name -> {
              calls.add(name);
              count.addAndGet(name.equals("importHeld") ? 1 : 0);
            }));

    bed.converter.handle(observed(APP, "1", bed.uploads.image(bed.uploads.layer(1, 1024))));

    assertThat(count).hasValue(1);
    assertThat(calls).contains("pin", "unpinAll").doesNotContain("importCar");
    assertThat(bed.converter.peer.pinned().values())
        .allMatch(name -> name.startsWith("longshore:"));
  }

  @Test
  void aConversionThatFailsForGoodLetsGo() throws Exception {
    Descriptor image = bed.uploads.image(bed.uploads.layer(1, 1_400_000), Uploads.absent("a/b"));

    assertThatThrownBy(() -> bed.converter.handle(observed(APP, "1", image))).isNotNull();

    assertThat(bed.converter.peer.pinned()).isEmpty();
  }

  @Test
  void whatCameBeforeAFailureThatPassesIsThereAtTheNextTry() throws Exception {
    Descriptor large = bed.uploads.layer(1, 1_400_000);
    Descriptor other = bed.uploads.layer(2, 1_200_000);
    Descriptor image = bed.uploads.image(large, other);
    bed.converter
        .registry
        .faults()
        .next(other.digest().toString(), new Fault.Status(503, Optional.empty()));
    readOnceSomethingIsHeld(other);

    assertThatThrownBy(() -> bed.converter.handle(observed(APP, "1", image)))
        .isInstanceOf(TransientFailure.class);
    bed.converter.peer.collectGarbage(HoldBed.soon());
    bed.converter.handle(observed(APP, "1", image));

    assertThat(bed.converter.registry.reads(large.digest())).isEqualTo(1);
    assertThat(bed.holds()).isEmpty();
  }

  /** Nothing else frees it: a collection would find all of it pinned. */
  @Test
  void aFullPeerGetsItsRoomBack() throws Exception {
    Descriptor other = bed.uploads.layer(2, 1_200_000);
    Descriptor image = bed.uploads.image(bed.uploads.layer(1, 1_400_000), other);
    readOnceSomethingIsHeld(other);
    bed.converter.peer.trouble().limitStorage(2_000_000);

    assertThatThrownBy(() -> bed.converter.handle(observed(APP, "1", image)))
        .isInstanceOf(TransientFailure.class)
        .hasMessageContaining("no space left");

    assertThat(bed.holds()).isEmpty();
  }

  /** A pin that waits for a block would stop all others while a collection waits. */
  @Test
  void aReusedLayerThatLacksABlockIsReadAgainWithoutAWait() throws Exception {
    Descriptor shared = bed.uploads.layer(1, 1_400_000);
    bed.converter.handle(observed(APP, "1", bed.uploads.image(shared)));
    List<Cid> leaves =
        bed.converter.peer.storedBlocks().stream().filter(cid -> cid.codec() == Cid.RAW).toList();
    leaves.forEach(bed.converter.peer::lose);
    List<Throwable> failures = new ArrayList<>();
    bed.converter.writeTo(bed.over(_ -> {}, failures::add));

    bed.converter.handle(
        observed(APP, "2", bed.uploads.image(shared, bed.uploads.layer(2, 1_600_000))));

    assertThat(bed.converter.registry.reads(shared.digest())).isEqualTo(2);
    assertThat(failures)
        .allSatisfy(failure -> assertThat(failure).hasMessageContaining("verify"))
        .isNotEmpty();
  }

  /** It pins what it has, only not as fast as most. */
  @Test
  void aSlowPeerGetsMoreTimeForWhatItHas() throws Exception {
    Descriptor shared = bed.uploads.layer(1, 1_400_000);
    bed.converter.handle(observed(APP, "1", bed.uploads.image(shared)));
    var slow = new AtomicInteger(1);
    bed.converter.writeTo(
        bed.over(
            name -> {
              if (name.equals("hold") && slow.getAndDecrement() > 0) {
                bed.converter.peer.trouble().failNext(1, TIMEOUT);
              }
            }));

    bed.converter.handle(
        observed(APP, "2", bed.uploads.image(shared, bed.uploads.layer(2, 1_600_000))));

    assertThat(bed.converter.registry.reads(shared.digest())).isEqualTo(1);
    assertThat(bed.holds()).isEmpty();
  }

  /** The peer would read all of it once more. */
  @Test
  void anotherTryDoesNotHoldAgainWhatTheFirstOneHeld() throws Exception {
    Queue<String> calls = new ConcurrentLinkedQueue<>();
    Descriptor image = heldByAFirstTry(bed.uploads.layer(1, 1_400_000), calls);

    bed.converter.handle(observed(APP, "2", image));

    assertThat(calls).doesNotContain("verifyLocal");
    assertThat(calls.stream().filter("importHeld"::equals)).as("a layer, the manifests").hasSize(2);
    assertThat(bed.holds()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"500000, 400000, 1", "700000, 600000, 2", "1400000, 10, 2"})
  void whatIsNotMuchComesWithTheManifests(int one, int other, int imports) throws Exception {
    Queue<String> calls = new ConcurrentLinkedQueue<>();
    bed.converter.writeTo(bed.over(calls::add));

    bed.converter.handle(
        observed(
            APP, "1", bed.uploads.image(bed.uploads.layer(1, one), bed.uploads.layer(2, other))));

    assertThat(calls.stream().filter("importHeld"::equals)).hasSize(imports);
    assertThat(bed.holds()).isEmpty();
  }

  @Test
  void anotherTryReadsAgainWhatWasLostThoughItWasHeld() throws Exception {
    Descriptor shared = bed.uploads.layer(1, 1_400_000);
    Descriptor image = heldByAFirstTry(shared, new ConcurrentLinkedQueue<>());
    bed.converter.peer.storedBlocks().stream()
        .filter(cid -> cid.codec() == Cid.RAW)
        .forEach(bed.converter.peer::lose);

    bed.converter.handle(observed(APP, "2", image));

    assertThat(bed.converter.registry.reads(shared.digest())).isEqualTo(2);
    assertThat(bed.holds()).isEmpty();
  }

  /** Their nodes may be gone by the end of another try. */
  @Test
  void aTryOnALaterDayHoldsAllAnew() throws Exception {
    Queue<String> calls = new ConcurrentLinkedQueue<>();
    Descriptor image = heldByAFirstTry(bed.uploads.layer(1, 1_400_000), calls);
    bed.converter.clock.advance(Duration.ofHours(13));

    bed.converter.handle(observed(APP, "2", image));

    assertThat(calls).contains("verifyLocal");
    assertThat(bed.holds()).isEmpty();
  }

  /**
   * A try that held a layer which it reused, and brought one, and failed at a third.
   *
   * @param calls gets those of later tries
   */
  private Descriptor heldByAFirstTry(Descriptor shared, Queue<String> calls) throws Exception {
    bed.converter.handle(observed(APP, "1", bed.uploads.image(shared)));
    Descriptor large = bed.uploads.layer(2, 1_600_000);
    Descriptor other = bed.uploads.layer(3, 1_200_000);
    Descriptor image = bed.uploads.image(shared, large, other);
    bed.converter
        .registry
        .faults()
        .next(other.digest().toString(), new Fault.Status(503, Optional.empty()));
    bed.converter.connect(
        bed.over(calls::add),
        new DelegatingSource(bed.converter.registry) {
          @Override
          public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
              throws RegistryException {
            if (blob.digest().equals(other.digest())) {
              Await.until(() -> bed.holds().size() >= 2);
            }
            return super.blob(name, blob, offset);
          }
        });
    assertThatThrownBy(() -> bed.converter.handle(observed(APP, "2", image)))
        .isInstanceOf(TransientFailure.class);
    calls.clear();
    return image;
  }

  private void readOnceSomethingIsHeld(Descriptor layer) {
    bed.converter.readFrom(
        new DelegatingSource(bed.converter.registry) {
          @Override
          public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
              throws RegistryException {
            if (blob.digest().equals(layer.digest())) {
              Await.until(() -> !bed.holds().isEmpty());
            }
            return super.blob(name, blob, offset);
          }
        });
  }
}
