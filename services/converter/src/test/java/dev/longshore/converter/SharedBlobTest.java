package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.converter.source.ImageLimits;
import dev.longshore.events.BlobState;
import dev.longshore.model.Cid;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SharedBlobTest {
  private static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/other");

  private final TestConverter converter = new TestConverter();
  private final Uploads uploads = new Uploads(converter.registry, APP);
  private final Descriptor shared = uploads.layer(1, 700_000);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void isReadOnceByConversionsAtTheSameTime() throws Exception {
    Descriptor large = uploads.layer(3, 1_500_000);

    convertEightTogether(large);

    assertThat(converter.registry.reads(large.digest())).isEqualTo(1);
    assertThat(converter.announced()).hasSize(8);
  }

  /**
   * While a conversion only carries it, one that did not wait for its read has to read it again.
   */
  @Test
  void comesToAllConversionsAtTheSameTimeThoughItIsTooSmallToBeImportedAlone() throws Exception {
    convertEightTogether(shared);

    assertThat(converter.registry.reads(shared.digest())).isBetween(1L, 8L);
    assertThat(converter.announced()).hasSize(8);
    assertThat(converter.peer.storedBlocks()).contains(blob());
  }

  /** The first read of it ends when all have begun. */
  private void convertEightTogether(Descriptor blob) throws Exception {
    var gate = new CountDownLatch(1);
    converter.registry.faults().next(blob.digest().toString(), new Fault.Held(gate));
    var conversions = new ArrayList<Future<Effects>>();
    for (int i = 0; i < 8; i++) {
      Descriptor image = uploads.image(blob, uploads.layer(100 + i, 1000));
      String tag = "t" + i;
      conversions.add(threads.submit(() -> converter.handle(observed(APP, tag, image))));
    }
    awaitReads(blob, 1);
    for (int i = 0; i < 8; i++) {
      awaitReads(uploads.layer(100 + i, 1000), 1);
    }

    gate.countDown();

    for (Future<Effects> conversion : conversions) {
      conversion.get();
    }
  }

  @Test
  void isReadByTheNextOneWhenTheFirstRepositoryLacksIt() throws Exception {
    var gate = new CountDownLatch(1);
    Descriptor here = uploads.image(shared);
    var others = new Uploads(converter.registry, OTHER);
    others.config();
    Descriptor there =
        others.push(
            Manifest.parse(converter.registry.manifest(APP, here.digest()), here.mediaType()));
    converter.registry.faults().next(shared.digest().toString(), new Fault.Held(gate));
    Future<Effects> without = threads.submit(() -> converter.handle(observed(OTHER, "1", there)));
    awaitReads(shared, 1);
    Future<Effects> with = threads.submit(() -> converter.handle(observed(APP, "1", here)));

    gate.countDown();

    assertThatThrownBy(without::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(PermanentFailure.class);
    with.get();
    assertThat(converter.announced()).hasSize(1);
  }

  @Test
  void isReadByTheNextOneWhenTheFirstIsStopped() throws Exception {
    var gate = new CountDownLatch(1);
    Descriptor image = uploads.image(shared);
    converter.registry.faults().next(shared.digest().toString(), new Fault.Held(gate));
    Future<Effects> first = threads.submit(() -> converter.handle(observed(APP, "1", image)));
    awaitReads(shared, 1);
    Future<Effects> second = threads.submit(() -> converter.handle(observed(APP, "2", image)));

    first.cancel(true);

    second.get();
    assertThat(converter.registry.reads(shared.digest())).isEqualTo(2);
    assertThat(converter.announced()).singleElement().returns("2", c -> String.valueOf(c.tag()));
  }

  @Test
  void isReadAgainWhenBlocksOfItAreGoneThoughItsRootIsThere() throws Exception {
    converter.handle(observed(APP, "1", uploads.image(shared)));
    Cid root = blob();
    converter.peer.storedBlocks().stream()
        .filter(cid -> cid.codec() == Cid.RAW && !cid.equals(root))
        .forEach(converter.peer::lose);

    converter.handle(observed(APP, "2", uploads.image(shared, uploads.layer(2, 10))));

    assertThat(converter.registry.reads(shared.digest())).isEqualTo(2);
    assertThat(converter.announced()).hasSize(2);
  }

  @Test
  void isReadAgainWhenItsRootIsGone() throws Exception {
    converter.handle(observed(APP, "1", uploads.image(shared)));
    converter.peer.lose(blob());

    converter.handle(observed(APP, "2", uploads.image(shared, uploads.layer(2, 10))));

    assertThat(converter.registry.reads(shared.digest())).isEqualTo(2);
  }

  @Test
  void waitsForNoMoreImagesAtOnceThanTheLimit() throws Exception {
    var gates = new HashMap<Descriptor, CountDownLatch>();
    for (int i = 0; i < ImageLimits.AT_ONCE + 5; i++) {
      Descriptor image = uploads.image(shared, uploads.layer(300 + i, 10));
      var gate = new CountDownLatch(1);
      converter.registry.faults().next(image.digest().toString(), new Fault.Held(gate));
      gates.put(image, gate);
    }
    var conversions = new ArrayList<Future<Effects>>();
    gates
        .keySet()
        .forEach(
            image ->
                conversions.add(threads.submit(() -> converter.handle(observed(APP, "1", image)))));

    var ended = new HashSet<Descriptor>();
    for (int i = ImageLimits.AT_ONCE; i <= gates.size(); i++) {
      int begun = i;
      Await.until(() -> begun(gates.keySet()).size() >= begun);
      assertThat(begun(gates.keySet())).hasSize(begun);
      Descriptor next = begun(gates.keySet()).stream().filter(ended::add).findFirst().orElseThrow();
      gates.get(next).countDown();
    }
    gates.values().forEach(CountDownLatch::countDown);

    for (Future<Effects> conversion : conversions) {
      conversion.get();
    }
    assertThat(converter.announced()).hasSize(gates.size());
  }

  @Test
  void waitsForNoMoreBlobsAtOnceThanTheSettingAllows() throws Exception {
    var gates = new ArrayList<CountDownLatch>();
    var layers = new ArrayList<Descriptor>();
    for (int i = 0; i < 10; i++) {
      Descriptor layer = uploads.layer(200 + i, 1000);
      var gate = new CountDownLatch(1);
      converter.registry.faults().next(layer.digest().toString(), new Fault.Held(gate));
      gates.add(gate);
      layers.add(layer);
    }
    Descriptor image = uploads.image(layers.toArray(Descriptor[]::new));
    Future<Effects> conversion = threads.submit(() -> converter.handle(observed(APP, "1", image)));
    int atOnce = TestConverter.SETTINGS.concurrency();

    var opened = new HashSet<Integer>();
    while (opened.size() < layers.size()) {
      int expected = Math.min(opened.size() + atOnce, layers.size());
      Await.until(() -> read(layers) >= expected);
      assertThat(read(layers)).isEqualTo(expected);
      for (int i = 0; i < layers.size(); i++) {
        if (converter.registry.reads(layers.get(i).digest()) > 0 && opened.add(i)) {
          gates.get(i).countDown();
          break;
        }
      }
    }

    conversion.get();
  }

  private Cid blob() {
    return converter
        .catalog
        .conversions()
        .blob(shared.digest(), BlobState.NONE)
        .orElseThrow()
        .cid()
        .checked();
  }

  private long read(List<Descriptor> layers) {
    return layers.stream().filter(l -> converter.registry.reads(l.digest()) > 0).count();
  }

  private List<Descriptor> begun(Set<Descriptor> images) {
    return images.stream()
        .filter(i -> converter.registry.requests().contains("manifest " + APP + " " + i.digest()))
        .toList();
  }

  private void awaitReads(Descriptor blob, int count) {
    Await.until(() -> converter.registry.reads(blob.digest()) >= count);
  }
}
