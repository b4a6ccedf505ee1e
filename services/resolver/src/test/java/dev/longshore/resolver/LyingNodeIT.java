package dev.longshore.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.kubo.KuboAddress;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.ipfs.kubo.RpcCredential;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.ManglingProxy;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.resolver.testing.States;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes of what is between the resolver and its node: no client gets a wrong body. */
@Timeout(300)
class LyingNodeIT {
  private static final String APP = "/v2/" + Edge.REPOSITORY;
  private static final long SEED = 20260401;
  private static final int LAYERS = 12;
  private static final List<ManglingProxy.Damage> DAMAGES = List.of(ManglingProxy.Damage.values());

  /** Bytes of the answers besides a blob's own: heads, and what is asked before it. */
  private static final int BESIDES = 2_000;

  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(1);
  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private ManglingProxy rpc;
  private ManglingProxy gateway;
  private Catalog catalog;
  private RunningResolver resolver;
  private MirroredImage image;
  private int damaged;
  private int refused;

  @BeforeEach
  void start() throws Exception {
    KuboClient kubo = KUBOS.get(0).client();
    rpc = new ManglingProxy(KUBOS.get(0).address().rpc());
    gateway = new ManglingProxy(KUBOS.get(0).address().gateway());
    catalog = Catalog.open(folder.resolve("catalog.db"), Clock.systemUTC());
    KuboAddress address =
        new KuboAddress("own", rpc.address(), gateway.address(), new RpcCredential.None());
    resolver = new RunningResolver(folder, catalog, new KuboClient(address), null, false);
    image =
        MirroredImage.write(
            RandomImage.of(SEED, RandomImageOptions.small().withLayers(LAYERS, 600_000)), kubo);
    States states = new States(catalog);
    states.converted(image, "plain");
    states.pinnedOn(image, kubo);
    states.tag(Edge.REPOSITORY, "v1", image.digest().toString());
    assertThat(resolver.get(APP + "/manifests/v1").statusCode()).isEqualTo(200);
  }

  @AfterEach
  void stop() throws Exception {
    resolver.close();
    catalog.close();
    rpc.close();
    gateway.close();
  }

  @Test
  void wholeBlobsAreRightOrBrokenOff() throws Exception {
    for (Map.Entry<String, byte[]> blob : image.image().blobs().entrySet()) {
      String path = APP + "/blobs/" + blob.getKey();
      check(path, blob.getValue(), gateway, blob.getValue().length + BESIDES);

      assertThat(resolver.get(path).body())
          .as("it is right the next time")
          .isEqualTo(blob.getValue());
    }
    assertThat(damaged).isGreaterThan(LAYERS / 2);
    assertThat(refused).isGreaterThan(LAYERS / 3);
  }

  @Test
  void rangesAreRightOrBrokenOff() throws Exception {
    for (Map.Entry<String, byte[]> blob : image.image().blobs().entrySet()) {
      byte[] bytes = blob.getValue();
      int from = random.nextInt(bytes.length);
      int to = from + random.nextInt(bytes.length - from);
      byte[] part = Arrays.copyOfRange(bytes, from, to + 1);
      String range = "bytes=" + from + "-" + to;

      check(APP + "/blobs/" + blob.getKey(), part, rpc, part.length + BESIDES, "Range", range);
    }
    assertThat(damaged).isGreaterThan(LAYERS / 2);
    assertThat(refused).isPositive();
  }

  private void check(String path, byte[] right, ManglingProxy proxy, int span, String... headers)
      throws Exception {
    ManglingProxy.Damage how = DAMAGES.get(random.nextInt(DAMAGES.size()));
    int at = random.nextInt(span);
    proxy.damage(how, at);
    try {
      HttpResponse<byte[]> answer = resolver.get(path, headers);
      if (answer.statusCode() < 300) {
        assertThat(answer.body()).as("%s at %d of %s", how, at, path).isEqualTo(right);
      } else {
        assertThat(answer.statusCode()).as("%s at %d of %s", how, at, path).isBetween(500, 504);
        refused++;
      }
    } catch (IOException brokenOff) {
      refused++;
    }
    if (proxy.over()) {
      damaged++;
    }
  }
}
