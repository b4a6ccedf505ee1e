package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.NOON;
import static dev.longshore.converter.TestConverter.observed;
import static dev.longshore.ipfs.node.Fault.TIMEOUT;
import static dev.longshore.ipfs.node.Fault.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a conversion holds on the ingest peer goes with it, however it ends. */
@Timeout(60)
class HoldsTest {
  private final TestConverter converter = new TestConverter();
  private final Uploads uploads = new Uploads(converter.registry, APP);
  private final AtomicInteger looks = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void aSmallImageTakesOneImportAndNothingStays() throws Exception {
    Set<String> calls = new TreeSet<>();
    var count = new AtomicInteger();
    converter.writeTo(
        over(
            name -> {
              calls.add(name);
              count.addAndGet(name.equals("importHeld") ? 1 : 0);
            }));

    converter.handle(observed(APP, "1", uploads.image(uploads.layer(1, 1024))));

    assertThat(count).hasValue(1);
    assertThat(calls).contains("pin", "unpinAll").doesNotContain("importCar");
    assertThat(converter.peer.pinned().values()).allMatch(name -> name.startsWith("longshore:"));
  }

  @Test
  void aConversionThatFailsForGoodLetsGo() throws Exception {
    Descriptor image = uploads.image(uploads.layer(1, 1_400_000), Uploads.absent("a/b"));

    assertThatThrownBy(() -> converter.handle(observed(APP, "1", image))).isNotNull();

    assertThat(converter.peer.pinned()).isEmpty();
  }

  @Test
  void whatCameBeforeAFailureThatPassesIsThereAtTheNextTry() throws Exception {
    Descriptor large = uploads.layer(1, 1_400_000);
    Descriptor other = uploads.layer(2, 1_200_000);
    Descriptor image = uploads.image(large, other);
    converter
        .registry
        .faults()
        .next(other.digest().toString(), new Fault.Status(503, Optional.empty()));
    readOnceSomethingIsHeld(other);

    assertThatThrownBy(() -> converter.handle(observed(APP, "1", image)))
        .isInstanceOf(TransientFailure.class);
    converter.peer.collectGarbage(soon());
    converter.handle(observed(APP, "1", image));

    assertThat(converter.registry.reads(large.digest())).isEqualTo(1);
    assertThat(holds()).isEmpty();
  }

  /** Nothing else frees it: a collection would find all of it pinned. */
  @Test
  void aFullPeerGetsItsRoomBack() throws Exception {
    Descriptor other = uploads.layer(2, 1_200_000);
    Descriptor image = uploads.image(uploads.layer(1, 1_400_000), other);
    readOnceSomethingIsHeld(other);
    converter.peer.trouble().limitStorage(2_000_000);

    assertThatThrownBy(() -> converter.handle(observed(APP, "1", image)))
        .isInstanceOf(TransientFailure.class)
        .hasMessageContaining("no space left");

    assertThat(holds()).isEmpty();
  }

  /** A pin that waits for a block would stop all others while a collection waits. */
  @Test
  void aReusedLayerThatLacksABlockIsReadAgainWithoutAWait() throws Exception {
    Descriptor shared = uploads.layer(1, 1_400_000);
    converter.handle(observed(APP, "1", uploads.image(shared)));
    List<Cid> leaves =
        converter.peer.storedBlocks().stream().filter(cid -> cid.codec() == Cid.RAW).toList();
    leaves.forEach(converter.peer::lose);
    List<Throwable> failures = new ArrayList<>();
    converter.writeTo(over(_ -> {}, failures::add));

    converter.handle(observed(APP, "2", uploads.image(shared, uploads.layer(2, 1_600_000))));

    assertThat(converter.registry.reads(shared.digest())).isEqualTo(2);
    assertThat(failures)
        .allSatisfy(failure -> assertThat(failure).hasMessageContaining("verify"))
        .isNotEmpty();
  }

  /** It pins what it has, only not as fast as most. */
  @Test
  void aSlowPeerGetsMoreTimeForWhatItHas() throws Exception {
    Descriptor shared = uploads.layer(1, 1_400_000);
    converter.handle(observed(APP, "1", uploads.image(shared)));
    var slow = new AtomicInteger(1);
    converter.writeTo(
        over(
            name -> {
              if (name.equals("hold") && slow.getAndDecrement() > 0) {
                converter.peer.trouble().failNext(1, TIMEOUT);
              }
            }));

    converter.handle(observed(APP, "2", uploads.image(shared, uploads.layer(2, 1_600_000))));

    assertThat(converter.registry.reads(shared.digest())).isEqualTo(1);
    assertThat(holds()).isEmpty();
  }

  /** The peer would read all of it once more. */
  @Test
  void anotherTryDoesNotHoldAgainWhatTheFirstOneHeld() throws Exception {
    Queue<String> calls = new ConcurrentLinkedQueue<>();
    Descriptor image = heldByAFirstTry(uploads.layer(1, 1_400_000), calls);

    converter.handle(observed(APP, "2", image));

    assertThat(calls).doesNotContain("verifyLocal");
    assertThat(calls.stream().filter("importHeld"::equals)).as("a layer, the manifests").hasSize(2);
    assertThat(holds()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"500000, 400000, 1", "700000, 600000, 2", "1400000, 10, 2"})
  void whatIsNotMuchComesWithTheManifests(int one, int other, int imports) throws Exception {
    Queue<String> calls = new ConcurrentLinkedQueue<>();
    converter.writeTo(over(calls::add));

    converter.handle(
        observed(APP, "1", uploads.image(uploads.layer(1, one), uploads.layer(2, other))));

    assertThat(calls.stream().filter("importHeld"::equals)).hasSize(imports);
    assertThat(holds()).isEmpty();
  }

  @Test
  void anotherTryReadsAgainWhatWasLostThoughItWasHeld() throws Exception {
    Descriptor shared = uploads.layer(1, 1_400_000);
    Descriptor image = heldByAFirstTry(shared, new ConcurrentLinkedQueue<>());
    converter.peer.storedBlocks().stream()
        .filter(cid -> cid.codec() == Cid.RAW)
        .forEach(converter.peer::lose);

    converter.handle(observed(APP, "2", image));

    assertThat(converter.registry.reads(shared.digest())).isEqualTo(2);
    assertThat(holds()).isEmpty();
  }

  /** Their nodes may be gone by the end of another try. */
  @Test
  void aTryOnALaterDayHoldsAllAnew() throws Exception {
    Queue<String> calls = new ConcurrentLinkedQueue<>();
    Descriptor image = heldByAFirstTry(uploads.layer(1, 1_400_000), calls);
    converter.clock.advance(Duration.ofHours(13));

    converter.handle(observed(APP, "2", image));

    assertThat(calls).contains("verifyLocal");
    assertThat(holds()).isEmpty();
  }

  /**
   * A try that held a layer which it reused, and brought one, and failed at a third.
   *
   * @param calls gets those of later tries
   */
  private Descriptor heldByAFirstTry(Descriptor shared, Queue<String> calls) throws Exception {
    converter.handle(observed(APP, "1", uploads.image(shared)));
    Descriptor large = uploads.layer(2, 1_600_000);
    Descriptor other = uploads.layer(3, 1_200_000);
    Descriptor image = uploads.image(shared, large, other);
    converter
        .registry
        .faults()
        .next(other.digest().toString(), new Fault.Status(503, Optional.empty()));
    converter.connect(
        over(calls::add),
        new DelegatingSource(converter.registry) {
          @Override
          public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
              throws RegistryException {
            if (blob.digest().equals(other.digest())) {
              Await.until(() -> holds().size() >= 2);
            }
            return super.blob(name, blob, offset);
          }
        });
    assertThatThrownBy(() -> converter.handle(observed(APP, "2", image)))
        .isInstanceOf(TransientFailure.class);
    calls.clear();
    return image;
  }

  private void readOnceSomethingIsHeld(Descriptor layer) {
    converter.readFrom(
        new DelegatingSource(converter.registry) {
          @Override
          public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
              throws RegistryException {
            if (blob.digest().equals(layer.digest())) {
              Await.until(() -> !holds().isEmpty());
            }
            return super.blob(name, blob, offset);
          }
        });
  }

  /** Killed before the call and after it, at each of its calls. */
  @Test
  void whatAKilledProcessLeftIsTakenOffByALaterOneOnceItsTimeIsOver() throws Exception {
    int most = 0;
    for (int call = 1; ; call++) {
      var killed = new Killed(call);
      converter.writeTo(over(killed::enter));
      Descriptor image = uploads.image(uploads.layer(call, 1_400_000), uploads.layer(-call, 10));
      if (!killed.handle(image)) {
        break;
      }
      most = Math.max(most, holds().size());
      Set<Cid> left = holds();
      sweepByAnother();
      assertThat(holds()).as("not its time yet").isEqualTo(left);
    }
    assertThat(most).isPositive();
    assertThat(holds()).isNotEmpty();

    converter.clock.advance(Duration.ofDays(1).plus(Duration.ofHours(1)));
    sweepByAnother();

    assertThat(holds()).isEmpty();
  }

  @Test
  void aHoldOfAnotherConverterThatIsAtWorkStays() throws Exception {
    var gate = new CountDownLatch(1);
    Future<Effects> conversion =
        begin(uploads.layer(2, 1_100_000), gate, uploads.layer(1, 1_400_000));
    Set<Cid> theirs = holds();
    assertThat(theirs).isNotEmpty();

    sweepByAnother();

    assertThat(holds()).isEqualTo(theirs);
    gate.countDown();
    conversion.get();
    assertThat(holds()).isEmpty();
  }

  @Test
  void aHoldThatCouldNotBeTakenOffGoesLater() throws Exception {
    var unreachable = new AtomicInteger(1);
    converter.writeTo(
        over(
            name -> {
              if (name.equals("unpinAll") && unreachable.getAndDecrement() > 0) {
                converter.peer.trouble().failNext(1, UNREACHABLE);
              }
            }));
    converter.handle(observed(APP, "1", uploads.image(uploads.layer(1, 1_400_000))));
    assertThat(holds()).isNotEmpty();

    sweep();

    assertThat(holds()).isEmpty();
  }

  @Test
  void aForgetEndsTheHoldAtOnceAndTheConversionAtItsNextBlocks() throws Exception {
    Set<String> calls = ConcurrentHashMap.newKeySet();
    converter.writeTo(over(calls::add));
    var gate = new CountDownLatch(1);
    Descriptor held = uploads.layer(2, 1_100_000);
    Descriptor large = uploads.layer(1, 1_400_000);
    Descriptor image = uploads.image(large, held);
    LeftHolds left = converter.leftHolds();
    left.start();
    try {
      Future<Effects> conversion = begin(held, gate, large);
      assertThat(holds()).isNotEmpty();

      converter.commit(forget(image));
      Await.until(() -> holds().isEmpty());
      calls.clear();

      gate.countDown();
      assertThat(conversion.get()).isEqualTo(Effects.NONE);
      assertThat(calls).doesNotContain("importHeld", "pin");
      converter.peer.collectGarbage(soon());
      assertThat(converter.peer.storedBlocks()).isEmpty();
    } finally {
      left.stop(Duration.ofSeconds(5));
    }
  }

  /** Of a process that was killed: nobody else would end it before its time. */
  @Test
  void aForgetEndsTheHoldThatAKilledProcessLeft() throws Exception {
    var killed = new Killed(1);
    converter.writeTo(over(name -> killed.enterIf(name.equals("pin"), name)));
    Descriptor image = uploads.image(uploads.layer(1, 1_400_000), uploads.layer(2, 1_400_000));
    assertThat(killed.handle(image)).isTrue();
    assertThat(holds()).isNotEmpty();

    converter.commit(forget(image));
    sweepByAnother();

    assertThat(holds()).isEmpty();
  }

  /** The pinner looks at what it knows is gone no more. */
  @Test
  void anImageThatWasForgottenWhileItWasMadeAgainIsNotLeftPinned() throws Exception {
    Descriptor image = uploads.image(uploads.layer(1, 1_400_000));
    converter.handle(observed(APP, "1", image));
    ImageState made = converter.catalog.conversions().ofDigest(image.digest()).getLast();
    converter.peer.unpinAll(List.of(made.imageDag().cid()), soon());
    converter.commit(gone(made.imageDag()));
    converter.writeTo(
        over(
            name -> {
              if (name.equals("unpinAll")) {
                converter.commit(forget(image));
              }
            }));

    assertThat(converter.handle(observed(APP, "1", image))).isEqualTo(Effects.NONE);
    assertThat(converter.peer.pinned()).isEmpty();
  }

  /** A conversion of both layers that has read the second one, and waits in the first. */
  private Future<Effects> begin(Descriptor held, CountDownLatch gate, Descriptor large) {
    converter.registry.faults().next(held.digest().toString(), new Fault.Held(gate));
    Descriptor image = uploads.image(large, held);
    Future<Effects> conversion = threads.submit(() -> converter.handle(observed(APP, "1", image)));
    Await.until(() -> !holds().isEmpty() && converter.registry.reads(held.digest()) == 1);
    return conversion;
  }

  /** Another process begins, which looks through them once and, after a decision, again. */
  private void sweepByAnother() throws InterruptedException {
    converter.writeTo(over(_ -> {}));
    sweep();
  }

  private void sweep() throws InterruptedException {
    int before = looks.get();
    LeftHolds left = converter.leftHolds();
    left.start();
    try {
      Await.until(() -> looks.get() > before);
      converter.commit(forget(uploads.layer(-1_000, 1)));
      Await.until(() -> looks.get() > before + 1);
    } finally {
      left.stop(Duration.ofSeconds(5));
    }
  }

  private Set<Cid> holds() {
    return converter.peer.pinned().entrySet().stream()
        .filter(pin -> pin.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @FunctionalInterface
  private interface Entered {
    void enter(String method);
  }

  private IpfsNode over(Entered entered) {
    return over(entered, _ -> {});
  }

  private IpfsNode over(Entered entered, Consumer<Throwable> failed) {
    return proxy(IpfsNode.class, converter.peer, entered, failed);
  }

  private <T> T proxy(Class<T> type, T target, Entered entered, Consumer<Throwable> failed) {
    return type.cast(
        Proxy.newProxyInstance(
            HoldsTest.class.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              entered.enter(method.getName());
              looks.addAndGet(method.getName().equals("pins") ? 1 : 0);
              try {
                Object answer = method.invoke(target, arguments);
                return answer instanceof HeldImport begun
                    ? proxy(HeldImport.class, begun, entered, failed)
                    : answer;
              } catch (InvocationTargetException e) {
                failed.accept(e.getCause());
                throw e.getCause();
              }
            }));
  }

  /** A process that is killed at one of its calls, of which none is heard from then on. */
  private final class Killed {
    private final AtomicInteger left;

    Killed(int call) {
      this.left = new AtomicInteger(call);
    }

    void enter(String method) {
      // A broken connection closes itself, and the name is no call.
      enterIf(!method.equals("close") && !method.equals("name"), method);
    }

    void enterIf(boolean counts, String method) {
      boolean dead = left.get() <= 0 && !method.equals("close");
      if (dead || (counts && left.decrementAndGet() <= 0)) {
        throw new Kill();
      }
    }

    /** Whether it came to that. */
    boolean handle(Descriptor image) throws Exception {
      try {
        converter.handle(observed(APP, "1", image));
        return false;
      } catch (Kill e) {
        return true;
      }
    }
  }

  private static final class Kill extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static DecisionState forget(Descriptor image) {
    return DecisionState.of(
        "f" + image.digest().hex(),
        new Decision.Forget("app:1", List.of(image.digest())),
        "alice",
        "a key",
        NOON,
        null);
  }

  private static PinState gone(ImageDag dag) {
    return new PinState(
        dag, 1, List.of(), null, true, NOON, null, 0, NOON, null, null, PinPhase.GONE, NOON);
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }
}
