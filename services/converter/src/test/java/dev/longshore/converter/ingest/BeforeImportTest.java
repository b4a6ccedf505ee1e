package dev.longshore.converter.ingest;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.converter.ConverterSettings;
import dev.longshore.converter.DelegatingSource;
import dev.longshore.converter.Modes;
import dev.longshore.converter.TestConverter;
import dev.longshore.converter.Uploads;
import dev.longshore.converter.blob.BegunBlob;
import dev.longshore.converter.blob.BlobTask;
import dev.longshore.converter.blob.LayerTransform;
import dev.longshore.converter.blob.StoredBlob;
import dev.longshore.converter.mode.ConversionMode;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.estargz.Busy;
import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.InstallationName;
import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import io.opentelemetry.api.OpenTelemetry;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a layer waits for before its blocks are there takes none of the peer's time. */
class BeforeImportTest {
  /** Layers of some leaves: one leaf is not imported alone. */
  private static final RandomImageOptions LARGE =
      new RandomImageOptions(List.of("linux/amd64"), 2, 900_000, false, false, false, false, false);

  private final TestConverter converter = new TestConverter();
  private final AtomicInteger imports = new AtomicInteger();

  private IpfsNode peer() {
    return (IpfsNode)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {IpfsNode.class},
            (_, method, arguments) -> {
              try {
                Object answer = method.invoke(converter.peer, arguments);
                return answer instanceof HeldImport begun ? new Counted(begun) : answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Counts while it is open. */
  private final class Counted implements HeldImport {
    private final HeldImport begun;

    Counted(HeldImport begun) {
      this.begun = begun;
      imports.incrementAndGet();
    }

    @Override
    public void put(Cid cid, byte[] buffer, int offset, int length) throws IOException {
      begun.put(cid, buffer, offset, length);
    }

    @Override
    public void hold(Block holder) throws IOException {
      begun.hold(holder);
    }

    @Override
    public void close() throws KuboException {
      imports.decrementAndGet();
      begun.close();
    }
  }

  /** Notes which layers were read while an import was open. */
  private final class Watched extends DelegatingSource {
    private final Set<Descriptor> within;

    Watched(Set<Descriptor> within) {
      super(converter.registry);
      this.within = within;
    }

    @Override
    public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
        throws RegistryException {
      var watched =
          new FilterInputStream(super.blob(name, blob, offset)) {
            @Override
            public int read(byte[] bytes, int at, int length) throws IOException {
              int count = super.read(bytes, at, length);
              if (imports.get() > 0 && ConversionMode.IMAGE_LAYERS.contains(blob.mediaType())) {
                within.add(blob);
              }
              return count;
            }
          };
      return BlobStream.of(watched, blob, offset, new Attempt("blob", blob.toString()));
    }
  }

  @Test
  void aLayerThatIsReadBeforeItsBlocksAreThereIsReadBeforeTheImportBegins() throws Exception {
    assertThat(readWithinAnImport(Mode.ESTARGZ)).isEmpty();
    assertThat(readWithinAnImport(Mode.PLAIN)).isNotEmpty();
  }

  private Set<Descriptor> readWithinAnImport(Mode mode) throws Exception {
    Set<Descriptor> within = ConcurrentHashMap.newKeySet();
    var settings =
        new ConverterSettings(
            null, 1, TestConverter.SETTINGS.maxImageSize(), Duration.ofSeconds(30));
    Descriptor top = converter.registry.push(APP, mode.text(), RandomImage.of(5, LARGE));
    Observed observed = observed(APP, mode.text(), top);
    TestConverter.service(
            settings,
            List.of(Modes.rule("**", List.of(mode), List.of())),
            peer(),
            converter.catalog,
            new Watched(within),
            OpenTelemetry.noop())
        .step()
        .handle(
            new Message(Topic.OBSERVED, 0, 0, observed.key(), "id", TestConverter.NOON, observed),
            converter::commit);
    return within;
  }

  @Test
  void aLayerForWhichOthersLeaveNoMemoryIsNotThePeersNorTheRegistrysFailure() {
    assertThatThrownBy(
            () ->
                stream(
                    _ -> {
                      throw Busy.layer();
                    }))
        .isInstanceOfSatisfying(
            TransientFailure.class,
            failure -> assertThat(failure.endpoint()).isEqualTo(BlobStreamer.MEMORY))
        .hasMessageContaining("converter.concurrency");
  }

  @Test
  void whoeverIsGivenUpBeforeTheImportIsGivenUp() {
    assertThatThrownBy(
            () ->
                stream(
                    _ -> {
                      Thread.currentThread().interrupt();
                      throw new InterruptedIOException("given up");
                    }))
        .isInstanceOf(InterruptedException.class)
        .hasMessage("given up");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void whoeverIsGivenUpWithinTheImportIsGivenUp() {
    assertThatThrownBy(
            () ->
                stream(
                    _ ->
                        _ -> {
                          Thread.currentThread().interrupt();
                          throw new IOException("given up");
                        }))
        .isInstanceOf(InterruptedException.class)
        .hasMessage("given up");
    assertThat(Thread.interrupted()).isFalse();
  }

  @FunctionalInterface
  private interface Beginning {
    BegunBlob begin(InputStream in) throws IOException;
  }

  private record Form(Beginning beginning) implements LayerTransform {
    @Override
    public String transform() {
      return "test";
    }

    @Override
    public String mediaType(String source) {
      return source;
    }

    @Override
    public BegunBlob begin(InputStream in, Descriptor source) throws IOException {
      return beginning.begin(in);
    }
  }

  private StoredBlob stream(Beginning beginning) throws Exception {
    Descriptor layer = new Uploads(converter.registry, APP).layer(1, 1_000);
    var peer =
        new IngestPeer(
            converter.peer,
            new InstallationName("default"),
            Duration.ofSeconds(30),
            IngestPeer.COLLECTION,
            true,
            InstantSource.system());
    var holds = new Holds(peer, new InstallationName("default"), InstantSource.system());
    try (ConversionHold hold = holds.begin(layer.digest(), layer.size(), () -> false)) {
      return new BlobStreamer(peer, new Spans(OpenTelemetry.noop()))
          .stream(
                  SourceRepository.of(converter.registry, APP, _ -> {}),
                  new BlobTask(layer, new Form(beginning)),
                  hold)
              .stored();
    }
  }
}
