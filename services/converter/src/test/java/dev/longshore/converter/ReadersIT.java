package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Converted;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.ContainerdServer;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.testing.Tar;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other programs read what was converted, from a peer that keeps only what the one pin keeps. */
class ReadersIT {
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(1);
  @TempDir static Path folder;

  /** Kubo pins it at its start. */
  private static final String EMPTY_DIRECTORY = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn";

  private static RealRegistry registry;
  private static ContainerdServer containerd;
  private static RunningProgram running;

  @BeforeAll
  static void start() throws Exception {
    registry = RealRegistry.start(folder);
    containerd = ContainerdServer.in(folder.resolve("containerd"));
    running = containerd.start();
  }

  @AfterAll
  static void stop() throws Exception {
    running.close();
    registry.close();
  }

  @Test
  void nerdctlPullsTheRootCidAndRunsIt() throws Exception {
    var staging = new InMemoryRegistry();
    RepositoryName name = registry.name("runs");
    pushRunnable(staging, name);
    Converted image = convert(staging, name);

    Path kubo = KUBOS.get(0).repository();
    var nerdctl = containerd.nerdctl("run", kubo);
    nerdctl.run("pull", "--quiet", "ipfs://" + image.root());
    String output = nerdctl.run("run", "--rm", "--net=none", "ipfs://" + image.root());

    assertThat(output.strip()).isEqualTo(Tools.ofProject().run("crane", "version").strip());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "one-platform",
        "attestations-and-odd-annotations",
        "docker-schema-2",
        "docker-manifest-list",
        "layer-of-175-leaves"
      })
  void skopeoAndCraneReadTheFolderThatIpfsGets(String sample) throws Exception {
    var staging = new InMemoryRegistry();
    RepositoryName name = registry.name(sample);
    Descriptor top = SampleImage.named(sample).push(staging, name);
    Converted converted = convert(staging, name);
    Path layout = folder.resolve(sample);

    KUBOS.get(0).ipfs("get", converted.imageDag().toString(), "-o", layout.toString());

    String copied = registry.name("from-skopeo/" + sample) + ":1";
    Tools.ofProject()
        .run(
            "skopeo",
            "--insecure-policy",
            "copy",
            "--all",
            "--preserve-digests",
            "--dest-tls-verify=false",
            "oci:" + layout,
            "docker://" + copied);
    assertThat(Tools.ofProject().run("crane", "digest", "--insecure", copied).strip())
        .isEqualTo(top.digest().toString());
    String pushed = registry.name("from-crane/" + sample) + ":1";
    Tools.ofProject().run("crane", "push", "--insecure", layout.toString(), pushed);
    assertThat(Tools.ofProject().run("crane", "digest", "--insecure", pushed).strip())
        .isEqualTo(top.digest().toString());
  }

  @Test
  void collectionsAllTheTimeCostNoSecondRead() throws Exception {
    var staging = new InMemoryRegistry();
    RepositoryName name = registry.name("collected");
    var uploads = new Uploads(staging, name);
    Descriptor base = uploads.layer(1, 3_000_000);
    Map<Digest, AtomicInteger> reads = new ConcurrentHashMap<>();
    var converter =
        new TestConverter(
            new DelegatingSource(registry.images()) {
              @Override
              public BlobStream blob(RepositoryName from, Descriptor blob, long offset)
                  throws RegistryException {
                reads.computeIfAbsent(blob.digest(), _ -> new AtomicInteger()).incrementAndGet();
                return super.blob(from, blob, offset);
              }
            },
            KUBOS.get(0).client());
    List<Descriptor> images = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Descriptor image =
          uploads.image(base, uploads.layer(100 + i, 1_200_000), uploads.layer(200 + i, 1024));
      staging.tag(name, "t" + i, image.digest());
      images.add(registry.push(staging, name, "t" + i));
    }

    var collections = new AtomicInteger();
    var converting = new AtomicBoolean(true);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Void> collecting =
          threads.submit(
              () -> {
                while (converting.get()) {
                  KUBOS.get(0).client().collectGarbage(Deadline.after(Duration.ofMinutes(1)));
                  collections.incrementAndGet();
                }
                return null;
              });
      try {
        List<Future<Effects>> conversions = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
          Descriptor image = images.get(i);
          String tag = "t" + i;
          conversions.add(threads.submit(() -> converter.handle(observed(name, tag, image))));
        }
        for (Future<Effects> conversion : conversions) {
          conversion.get();
        }
      } finally {
        converting.set(false);
      }
      collecting.get();
    }

    assertThat(collections.get()).isGreaterThan(1);
    // The config is small and the same for all: each may read it for itself.
    reads.remove(uploads.config().digest());
    assertThat(reads).hasSize(1 + 2 * images.size());
    assertThat(reads.values()).allMatch(count -> count.get() == 1);
    assertThat(converter.announced()).hasSize(images.size());
    for (Converted converted : converter.announced()) {
      KUBOS
          .get(0)
          .client()
          .verifyLocal(
              converted.imageDag().cid(), LocalCheck.REHASH, Deadline.after(Duration.ofMinutes(1)));
    }
    assertThat(KUBOS.get(0).ipfs("pin", "ls", "--type=recursive", "--names").lines())
        .allMatch(pin -> pin.contains("longshore:") || pin.startsWith(EMPTY_DIRECTORY));
  }

  /** Converts, then has the peer drop everything that its pins do not reach. */
  private static Converted convert(InMemoryRegistry staging, RepositoryName name) throws Exception {
    Descriptor top = registry.push(staging, name, "1");
    var converter = new TestConverter(registry.images(), KUBOS.get(0).client());
    converter.handle(observed(name, "1", top));
    Converted converted = converter.announced().getFirst();
    KUBOS.get(0).ipfs("repo", "gc", "--quiet");
    KUBOS
        .get(0)
        .client()
        .verifyLocal(
            converted.imageDag().cid(), LocalCheck.REHASH, Deadline.after(Duration.ofMinutes(1)));
    assertThat(KUBOS.get(0).ipfs("cat", converted.root().toString())).startsWith("{\"mediaType\":");
    return converted;
  }

  /** One static program as an image. */
  private static void pushRunnable(InMemoryRegistry staging, RepositoryName name) throws Exception {
    var uploads = new Uploads(staging, name);
    byte[] program = Files.readAllBytes(Tools.ofProject().path("crane"));
    byte[] tar = new Tar().program("crane", program).bytes();
    Platform host = Platform.host();
    String config =
        "{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/crane\",\"version\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
            .formatted(host.architecture(), Digest.of(tar));
    Descriptor image =
        uploads.push(
            ImageManifest.of(
                ManifestHead.of(MediaType.OCI_MANIFEST),
                uploads.layer(MediaType.OCI_CONFIG, config.getBytes(StandardCharsets.UTF_8)),
                List.of(uploads.layer(MediaType.OCI_LAYER, tar))));
    Descriptor index =
        uploads.index(
            image.withPlatform(host),
            Uploads.on("linux/s390x", uploads.image(uploads.layer(1, 1024))));
    staging.tag(name, "1", index.digest());
  }
}
