package dev.longshore.bench.scale;

import dev.longshore.app.parts.Ports;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.EventJson;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.Origin;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.ServedState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Many images as the services would have left them in Kafka: a tag, a conversion, numbers and
 * states of three copies, and what the name shows. An image DAG is one block, for peers that are
 * asked for it.
 */
public record GeneratedImages(int count, IntFunction<ImageDag> dags, long bytes) {
  /** As settings have it by default. */
  private static final String PREFIX = "longshore.";

  public static final String REGISTRY = "registry.example";
  private static final int TAGS_A_REPOSITORY = 100;
  private static final long BYTES = 30_000_000;
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final String RECIPE = "5".repeat(64);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Images of a block each. */
  public GeneratedImages(int count) {
    this(count, GeneratedImages::dag, BYTES);
  }

  /** Who a peer is, by its record. */
  static String peerId(int n) {
    return "12D3KooWExampleExampleExampleExampleExampleExample" + n;
  }

  /** Settings with peers that never answer. */
  public static String peers() {
    return IntStream.rangeClosed(1, Ports.PEERS)
        .mapToObj(
            n ->
                ("- {name: peer-%1$d, zone: site-%1$d, rpc: 'http://127.0.0.1:%1$d',"
                        + " gateway: 'http://127.0.0.1:1%1$d'}\n")
                    .formatted(n))
        .collect(Collectors.joining());
  }

  /** Where a peer is, by its record. */
  static String peerAddress(int n) {
    return "/ip4/10.0.0." + n + "/tcp/4001";
  }

  /** The one block of an image DAG; nobody understands it, so it links to no other. */
  static byte[] block(int i) {
    return ("dag" + i).getBytes(StandardCharsets.US_ASCII);
  }

  /** The image DAG. */
  static ImageDag dag(int i) {
    return new ImageDag(Cid.dagPb(HexFormat.of().parseHex(Digest.of(block(i)).hex())));
  }

  /** The image's name, with its tag. */
  public static String name(int i) {
    return REGISTRY + "/" + repository(i) + ":" + tag(i);
  }

  private static String repository(int i) {
    return "team-%d/app-%d".formatted(i / 10_000, i / TAGS_A_REPOSITORY);
  }

  private static String tag(int i) {
    return "v" + i % TAGS_A_REPOSITORY;
  }

  /** Creates the topics and writes everything. */
  public void writeTo(String bootstrapServers) throws IOException, InterruptedException {
    Map<String, Object> connection = Map.of("bootstrap.servers", bootstrapServers);
    try (Admin admin = Admin.create(connection)) {
      new TopicAdmin(admin, Topics.specs(PREFIX, (short) 1), LIMIT).createMissing();
    }
    write(bootstrapServers, -1, count);
  }

  /** Writes one image more; what its name shows is the last record. */
  public void writeMore(String bootstrapServers, int image) throws IOException {
    write(bootstrapServers, image, image + 1);
  }

  /** Peers come before the first image. */
  private void write(String bootstrapServers, int from, int to) throws IOException {
    List<State> peers = IntStream.rangeClosed(1, Ports.PEERS).mapToObj(n -> peer(n)).toList();
    write(
        bootstrapServers,
        IntStream.range(from, to)
            .mapToObj(i -> i < 0 ? peers : states(i))
            .flatMap(List::stream)
            .iterator());
  }

  /** Writes records as the services would have left them. */
  public static void write(String bootstrapServers, Iterator<? extends State> states)
      throws IOException {
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "linger.ms",
                20,
                "batch.size",
                131_072,
                // The broker shares two cores with us and its page cache is flushed now and then.
                "max.in.flight.requests.per.connection",
                1,
                "delivery.timeout.ms",
                (int) PATIENCE.toMillis()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      while (states.hasNext()) {
        // Its callback tells of a failure; a flush ends the wait for all of them.
        var _ =
            producer.send(
                sealed(states.next()),
                (_, e) -> {
                  if (e != null) {
                    failure.set(e);
                  }
                });
      }
      producer.flush();
    }
    Exception e = failure.get();
    if (e != null) {
      throw new IOException("a record was not written: " + e.getMessage(), e);
    }
  }

  private static ProducerRecord<String, byte[]> sealed(State state) throws IOException {
    try {
      ProducerRecord<String, byte[]> sealed =
          new ProducerRecord<>(Topic.of(state).name(PREFIX), state.key(), EventJson.write(state));
      sealed
          .headers()
          .add("ce_type", EventJson.type(state.getClass()).getBytes(StandardCharsets.UTF_8));
      return sealed;
    } catch (MalformedEventException e) {
      throw new IOException("a state cannot be written: " + e.getMessage(), e);
    }
  }

  List<State> states(int i) {
    Digest digest = digest("image", i);
    ImageDag dag = dags.apply(i);
    ImageState image = image(i, digest, dag);
    return List.of(tagState(i, digest), image, pin(dag), copies(dag), served(i, image));
  }

  private static Digest digest(String what, int i) {
    return Digest.of((what + i).getBytes(StandardCharsets.US_ASCII));
  }

  private static TagState tagState(int i, Digest digest) {
    return new TagState(
        RepositoryName.stored(REGISTRY, repository(i)),
        new Tag(tag(i)),
        digest,
        MediaType.OCI_MANIFEST,
        1_500,
        List.of(),
        false,
        Origin.WEBHOOK,
        AT,
        AT);
  }

  private ImageState image(int i, Digest digest, ImageDag dag) {
    return new ImageState(
            digest,
            new Recipe(RECIPE),
            ModeName.of(Mode.PLAIN),
            MediaType.OCI_MANIFEST,
            dag,
            new RootCid(Cid.raw(HexFormat.of().parseHex(digest("root", i).hex()))),
            Cid.raw(HexFormat.of().parseHex(digest("manifest", i).hex())),
            List.of("linux/amd64"),
            7,
            bytes,
            List.of(),
            new PeerName("peer-1"),
            RepositoryName.stored(REGISTRY, repository(i)),
            AT)
        .shownBy(Evidence.READ);
  }

  private static ServedState served(int i, ImageState image) {
    ServedState.Result plain =
        new ServedState.Result(
            image.mode(),
            image.digest(),
            image.servedDigest(),
            image.imageDag(),
            image.root(),
            image.bytes(),
            AT,
            AT,
            null,
            AT);
    return new ServedState(
        RepositoryName.stored(REGISTRY, repository(i)),
        new Tag(tag(i)),
        image.digest(),
        null,
        List.of(plain),
        image.imageDag(),
        null,
        AT);
  }

  private static PinState pin(ImageDag dag) {
    return new PinState(
        dag,
        Ports.PEERS,
        List.of(),
        new PeerName("peer-1"),
        true,
        AT,
        1,
        Ports.PEERS,
        AT,
        AT,
        AT,
        PinPhase.KEPT,
        AT);
  }

  private CopiesState copies(ImageDag dag) {
    return new CopiesState(
        dag,
        IntStream.rangeClosed(1, Ports.PEERS)
            .mapToObj(
                n ->
                    new CopiesState.Copy(
                        new PeerName("peer-" + n), CopyPhase.VERIFIED, bytes, null, null, null, AT))
            .toList());
  }

  private static State peer(int n) {
    return new PeerState(
        new PeerName("peer-" + n),
        peerId(n),
        List.of(peerAddress(n)),
        "site-" + n,
        PeerPhase.UP,
        AT,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
