package dev.longshore.oci.testing;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.FailureReach;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import dev.longshore.testing.RandomImage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * All registries in memory: the twin of the registry client. Content is pushed by method calls,
 * failures come from {@link #faults}, keyed by what is asked for (digest, tag, or the repository
 * for tag listings, the host for the catalog).
 */
public final class InMemoryRegistry implements ImageSource {
  /** Before a digest: faults of the question whether a repository serves the blob. */
  public static final String SERVES = "serves ";

  /** Target of the fault that hits a look at a registry itself. */
  public static final String PING = "/v2/";

  private static final int DEFAULT_PAGE = 100;

  private final NavigableMap<RepositoryName, StoredRepository> repositories =
      new ConcurrentSkipListMap<>();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final Map<RepositoryName, Fault> refused = new ConcurrentHashMap<>();
  private final Faults faults = new Faults();
  private final FailureReach reach = new FailureReach(this::ping, InstantSource.system());
  private final int pageSize;

  public InMemoryRegistry() {
    this(DEFAULT_PAGE);
  }

  /**
   * @param pageSize entries of a listing's part
   */
  public InMemoryRegistry(int pageSize) {
    this.pageSize = pageSize;
  }

  public Faults faults() {
    return faults;
  }

  /** Every request about this repository fails so until it is allowed. */
  public void refuse(RepositoryName name, Fault fault) {
    refused.put(name, fault);
  }

  /** The repository is served again. */
  public void allow(RepositoryName name) {
    refused.remove(name);
  }

  /**
   * Requests so far: {@code resolve REF}, {@code manifest NAME DIGEST}, {@code blob NAME DIGEST}...
   */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** How often this blob was asked for. */
  public long reads(Digest blob) {
    return requests.stream().filter(r -> r.startsWith("blob ") && r.endsWith(" " + blob)).count();
  }

  /** Blobs that the repository was asked for without being read. */
  public List<Digest> asked(RepositoryName name) {
    String question = SERVES + name + " ";
    return requests.stream()
        .filter(request -> request.startsWith(question))
        .map(request -> Digest.parse(request.substring(question.length())))
        .toList();
  }

  /** Pushes blobs and manifests of an image, then its tag; gives the root's descriptor. */
  public Descriptor push(RepositoryName name, String tag, RandomImage image) {
    image.blobs().values().forEach(blob -> pushBlob(name, blob));
    image.manifests().forEach(m -> pushManifest(name, m.mediaType(), m.body()));
    Digest root = Digest.parse(image.rootDigest());
    tag(name, tag, root);
    return new Descriptor(image.root().mediaType(), root, image.root().body().length);
  }

  public Digest pushBlob(RepositoryName name, byte[] content) {
    return pushBlob(name, Digest.Algorithm.SHA256, content);
  }

  /** Pushes a blob that manifests name by a digest of that algorithm. */
  public Digest pushBlob(RepositoryName name, Digest.Algorithm algorithm, byte[] content) {
    Digest digest = Digest.of(algorithm, content);
    repository(name).contents.put(digest, content.clone());
    return digest;
  }

  public Digest pushManifest(RepositoryName name, String mediaType, byte[] body) {
    Descriptor descriptor = Descriptor.of(mediaType, body);
    StoredRepository repository = repository(name);
    repository.contents.put(descriptor.digest(), body.clone());
    repository.manifests.put(descriptor.digest(), descriptor);
    return descriptor.digest();
  }

  public void tag(RepositoryName name, String tag, Digest digest) {
    repository(name).tags.put(Tag.parse(tag).text(), digest);
  }

  public void untag(RepositoryName name, String tag) {
    repository(name).tags.remove(tag);
  }

  public void delete(RepositoryName name, Digest digest) {
    StoredRepository repository = repository(name);
    repository.manifests.remove(digest);
    repository.contents.remove(digest);
    repository.tags.values().removeIf(digest::equals);
  }

  /** The repository is gone, with all that is in it. */
  public void drop(RepositoryName name) {
    repositories.remove(name);
  }

  private StoredRepository repository(RepositoryName name) {
    return repositories.computeIfAbsent(name, n -> new StoredRepository());
  }

  /** What is stored, without faults and without a trace among the requests. */
  Optional<StoredRepository> stored(RepositoryName name) {
    return Optional.ofNullable(repositories.get(name));
  }

  int pageSize() {
    return pageSize;
  }

  @Override
  public Descriptor resolve(Reference reference) throws RegistryException {
    Attempt attempt = begin("resolve", reference.toString(), reference.selector());
    StoredRepository repository = existing(reference.name(), attempt);
    Optional<Digest> digest =
        reference
            .digest()
            .or(
                () ->
                    reference
                        .tag()
                        .flatMap(t -> Optional.ofNullable(repository.tags.get(t.text()))));
    return digest
        .flatMap(d -> Optional.ofNullable(repository.manifests.get(d)))
        .orElseThrow(() -> attempt.failed(Kind.NOT_FOUND, "manifest unknown"));
  }

  @Override
  public byte[] manifest(RepositoryName name, Digest digest) throws RegistryException {
    var attempt = new Attempt("manifest", name + " " + digest);
    requests.add("manifest " + attempt.target());
    Optional<Fault> fault = faults.take(digest.toString());
    StoredRepository repository = existing(name, attempt);
    byte[] body = content(repository, digest, attempt);
    if (!repository.manifests.containsKey(digest)) {
      throw attempt.failed(Kind.NOT_FOUND, "manifest unknown");
    }
    if (body.length > Manifest.MANIFEST_LIMIT) {
      throw attempt.failed(Kind.LIMIT, body.length + " bytes, more than 4 MiB");
    }
    if (fault.isPresent()) {
      byte[] faulty = FaultyBody.bytes(body, fault.get(), attempt);
      if (!Digest.of(digest.algorithm(), faulty).equals(digest)) {
        throw attempt.failed(Kind.BAD_CONTENT, "the content has another digest");
      }
    }
    return body.clone();
  }

  @Override
  public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
      throws RegistryException {
    var attempt = new Attempt("blob", name + " " + blob.digest());
    requests.add("blob " + attempt.target());
    Optional<Fault> fault = faults.take(blob.digest().toString());
    byte[] content = content(existing(name, attempt), blob.digest(), attempt);
    if (content.length != blob.size()) {
      throw attempt.failed(
          Kind.BAD_CONTENT, "it has %d bytes, not %d".formatted(content.length, blob.size()));
    }
    var in = new ByteArrayInputStream(content, (int) offset, content.length - (int) offset);
    InputStream body = fault.isEmpty() ? in : FaultyBody.stream(in, fault.get(), attempt);
    return BlobStream.of(body, blob, offset, attempt);
  }

  @Override
  public boolean serves(RepositoryName name, Descriptor blob) throws RegistryException {
    try {
      begin("serves", name + " " + blob.digest(), SERVES + blob.digest());
    } catch (RegistryException e) {
      if (e.kind() == Kind.TRANSIENT || e.kind() == Kind.INTERRUPTED) {
        throw e;
      }
      return false;
    }
    StoredRepository repository = repositories.get(name);
    byte[] content = repository == null ? null : repository.contents.get(blob.digest());
    return content != null && content.length == blob.size();
  }

  private static byte[] content(StoredRepository repository, Digest digest, Attempt attempt)
      throws RegistryException {
    byte[] content = repository.contents.get(digest);
    if (content == null) {
      throw attempt.failed(Kind.NOT_FOUND, "blob unknown");
    }
    return content;
  }

  @Override
  public boolean isOverAll(
      RegistryHost registry, Optional<RepositoryName> repository, RegistryException failure)
      throws InterruptedException {
    return reach.isOverAll(registry, repository, failure);
  }

  private void ping(RegistryHost registry) throws RegistryException {
    begin("ping", registry.toString(), PING);
  }

  @Override
  public Page tags(RepositoryName name, String cursor) throws RegistryException {
    Attempt attempt = begin("tags", name.toString(), name.toString());
    return page(existing(name, attempt).tags.keySet(), cursor);
  }

  @Override
  public Page catalog(RegistryHost registry, String cursor) throws RegistryException {
    begin("catalog", registry.toString(), registry.toString());
    return page(
        repositories.keySet().stream()
            .filter(name -> name.host().equals(registry))
            .map(RepositoryName::repository)
            .toList(),
        cursor);
  }

  @Override
  public List<Descriptor> referrers(RepositoryName name, Digest subject) throws RegistryException {
    Attempt attempt = begin("referrers", name + " " + subject, subject.toString());
    StoredRepository repository = existing(name, attempt);
    var found = new ArrayList<Descriptor>();
    for (Descriptor stored : repository.manifests.values()) {
      byte[] body = content(repository, stored.digest(), attempt);
      Manifest manifest = Manifest.parse(body, stored.mediaType(), attempt);
      if (manifest.subject().filter(s -> s.digest().equals(subject)).isPresent()) {
        found.add(manifest.referrer());
      }
    }
    found.sort(Comparator.comparing(Descriptor::digest));
    return found;
  }

  private Attempt begin(String action, String target, String faultKey) throws RegistryException {
    var attempt = new Attempt(action, target);
    requests.add(action + " " + target);
    Optional<Fault> fault = faults.take(faultKey);
    if (fault.isPresent()) {
      FaultyBody.before(fault.get(), attempt);
    }
    return attempt;
  }

  private StoredRepository existing(RepositoryName name, Attempt attempt) throws RegistryException {
    Fault refusal = refused.get(name);
    if (refusal != null) {
      FaultyBody.before(refusal, attempt);
    }
    StoredRepository repository = repositories.get(name);
    if (repository == null) {
      throw attempt.failed(Kind.NOT_FOUND, "repository name not known to registry");
    }
    return repository;
  }

  private Page page(Collection<String> sorted, String cursor) {
    List<String> rest =
        sorted.stream().filter(item -> cursor.isEmpty() || item.compareTo(cursor) > 0).toList();
    boolean more = rest.size() > pageSize;
    List<String> items = more ? rest.subList(0, pageSize) : rest;
    return new Page(items, more ? Optional.of(items.getLast()) : Optional.empty());
  }
}
