package dev.longshore.containerd.testing;

import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.LocalEvent;
import dev.longshore.containerd.LocalEvents;
import dev.longshore.containerd.LocalImage;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.Hold;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImage.StoredManifest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A containerd in memory. It can be stopped, which ends its streams, and started again. */
public final class InMemoryContainerd implements Containerd, LocalStore {
  private record Lease(Digest content, Instant end) {}

  /** A lease that was to be given back while nobody could take it. */
  private record Owed(String namespace, String id) {}

  private static final class Namespace {
    private final Map<String, Descriptor> images = new LinkedHashMap<>();
    private final Map<Digest, byte[]> contents = new HashMap<>();
    private final Map<String, Lease> leases = new HashMap<>();
  }

  private final String node;
  private final InstantSource clock;
  private final Map<String, Namespace> namespaces = new TreeMap<>();
  private final List<Events> subscribers = new CopyOnWriteArrayList<>();
  private final List<Owed> owed = new ArrayList<>();
  private boolean running = true;
  private int leased;

  public InMemoryContainerd(String node, InstantSource clock) {
    this.node = node;
    this.clock = clock;
  }

  @Override
  public String node() {
    return node;
  }

  @Override
  public synchronized void kill() {
    running = false;
    subscribers.forEach(Events::end);
    subscribers.clear();
  }

  @Override
  public synchronized void start() {
    running = true;
  }

  /** How often something was leased so far. */
  public synchronized int leased() {
    return leased;
  }

  @Override
  public synchronized List<String> namespaces() throws RegistryException {
    requireRunning("list namespaces");
    return List.copyOf(namespaces.keySet());
  }

  @Override
  public synchronized List<LocalImage> images(String namespace) throws RegistryException {
    requireRunning("list images");
    return in(namespace).images.entrySet().stream()
        .map(image -> new LocalImage(image.getKey(), image.getValue()))
        .toList();
  }

  @Override
  public synchronized Optional<LocalImage> image(String namespace, String name)
      throws RegistryException {
    requireRunning("get image");
    return Optional.ofNullable(in(namespace).images.get(name))
        .map(target -> new LocalImage(name, target));
  }

  @Override
  public synchronized OptionalLong size(String namespace, Digest digest) throws RegistryException {
    requireRunning("look for content");
    byte[] content = in(namespace).contents.get(digest);
    return content == null ? OptionalLong.empty() : OptionalLong.of(content.length);
  }

  @Override
  public synchronized InputStream read(String namespace, Digest digest, long offset)
      throws RegistryException {
    requireRunning("read content");
    byte[] content = in(namespace).contents.get(digest);
    if (content == null) {
      throw new Attempt("read content", digest.toString())
          .failed(Kind.NOT_FOUND, "no such content");
    }
    return new ByteArrayInputStream(content, (int) offset, content.length - (int) offset);
  }

  @Override
  public synchronized LocalEvents subscribe() throws RegistryException {
    requireRunning("subscribe");
    var events = new Events();
    subscribers.add(events);
    return events;
  }

  @Override
  public synchronized Hold lease(String namespace, Digest digest, Duration limit)
      throws RegistryException {
    requireRunning("lease");
    owed.forEach(this::remove);
    owed.clear();
    String id = "lease-" + ++leased;
    in(namespace).leases.put(id, new Lease(digest, clock.instant().plus(limit)));
    return () -> giveBack(new Owed(namespace, id));
  }

  private synchronized void giveBack(Owed lease) {
    if (running) {
      remove(lease);
    } else {
      owed.add(lease);
    }
  }

  private void remove(Owed lease) {
    in(lease.namespace).leases.remove(lease.id);
  }

  @Override
  public synchronized void load(String namespace, String name, RandomImage image) {
    image.blobs().values().forEach(blob -> ingest(namespace, blob));
    image.manifests().forEach(manifest -> ingest(namespace, manifest.body()));
    StoredManifest root = image.root();
    point(
        namespace,
        name,
        new Descriptor(root.mediaType(), Digest.parse(root.digest()), root.body().length));
  }

  /** Makes an image of whatever is there of it. */
  public synchronized void point(String namespace, String name, Descriptor target) {
    in(namespace).images.put(name, target);
    publish(new LocalEvent.ImageChanged(namespace, name));
  }

  @Override
  public synchronized void tag(String namespace, String from, String to) {
    point(namespace, to, in(namespace).images.get(from));
  }

  @Override
  public synchronized void delete(String namespace, String name) {
    in(namespace).images.remove(name);
    publish(new LocalEvent.ImageChanged(namespace, name));
    collect(in(namespace));
  }

  @Override
  public synchronized void ingest(String namespace, byte[] content) {
    Digest digest = Digest.of(content);
    if (in(namespace).contents.put(digest, content) == null) {
      publish(new LocalEvent.ContentArrived(namespace, digest));
    }
  }

  @Override
  public synchronized void forget(String namespace, Digest content) {
    in(namespace).contents.remove(content);
  }

  @Override
  public synchronized Set<String> leases(String namespace) {
    return Set.copyOf(in(namespace).leases.keySet());
  }

  @Override
  public void close() {
    kill();
  }

  private void collect(Namespace namespace) {
    namespace.leases.values().removeIf(lease -> lease.end().isBefore(clock.instant()));
    Set<Digest> reached = new HashSet<>();
    namespace.images.values().forEach(target -> reach(namespace, target.digest(), reached));
    namespace.leases.values().forEach(lease -> reach(namespace, lease.content(), reached));
    namespace.contents.keySet().retainAll(reached);
  }

  private static void reach(Namespace namespace, Digest digest, Set<Digest> reached) {
    byte[] content = namespace.contents.get(digest);
    if (content == null || !reached.add(digest)) {
      return;
    }
    String text = new String(content, java.nio.charset.StandardCharsets.UTF_8);
    if (text.contains("\"schemaVersion\":2")) {
      Manifest.parse(content, "").children().forEach(c -> reach(namespace, c.digest(), reached));
    }
  }

  private void publish(LocalEvent event) {
    if (running) {
      subscribers.forEach(subscriber -> subscriber.queue.add(Optional.of(event)));
    }
  }

  private Namespace in(String namespace) {
    return namespaces.computeIfAbsent(namespace, _ -> new Namespace());
  }

  private void requireRunning(String action) throws RegistryException {
    if (!running) {
      throw new Attempt(action, "containerd " + node).failed(Kind.TRANSIENT, "it is not running");
    }
  }

  private final class Events implements LocalEvents {
    /** An empty one is the end. */
    private final BlockingQueue<Optional<LocalEvent>> queue = new LinkedBlockingQueue<>();

    @Override
    public Optional<LocalEvent> next(Duration wait) throws RegistryException {
      var attempt = new Attempt("read events", "containerd " + node);
      try {
        Optional<LocalEvent> next = queue.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
        if (next == null) {
          return Optional.empty();
        }
        if (next.isEmpty()) {
          end();
          throw attempt.failed(Kind.TRANSIENT, "it has ended");
        }
        return next;
      } catch (InterruptedException e) {
        throw attempt.interrupted();
      }
    }

    private void end() {
      queue.add(Optional.empty());
    }

    @Override
    public void close() {
      subscribers.remove(this);
    }
  }
}
