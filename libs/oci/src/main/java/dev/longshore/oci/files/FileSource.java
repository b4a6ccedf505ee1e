package dev.longshore.oci.files;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Images in files: in the repository that the caller chose, and in those of their saved names. */
abstract sealed class FileSource implements ImageSource permits OciLayoutSource, SaveTarSource {
  /** Limit of manifests to search for referrers. */
  private static final int MAX_MANIFESTS = 10_000;

  private static final Tag ONLY_TAG = new Tag("latest");

  private final String what;
  private final RepositoryName name;
  private final ImageFiles files;

  /**
   * @param what the folder or file, for messages
   */
  FileSource(String what, RepositoryName name, ImageFiles files) {
    this.what = what;
    this.name = name;
    this.files = files;
  }

  /** Its images, in its own order. */
  public final List<SavedImage> images() {
    return files.images();
  }

  @Override
  public final Descriptor resolve(Reference reference) throws RegistryException {
    Attempt attempt = attempt("resolve", reference.toString());
    checkName(reference.name(), attempt);
    if (reference.digest().isPresent()) {
      Digest digest = reference.digest().get();
      byte[] body = manifest(reference.name(), digest);
      String mediaType = mediaType(digest, body, attempt);
      return new Descriptor(mediaType, digest, body.length);
    }
    List<Digest> candidates =
        files.images().stream()
            .filter(image -> isAt(image, reference))
            .map(image -> image.descriptor().digest())
            .distinct()
            .toList();
    if (candidates.size() != 1) {
      throw candidates.isEmpty()
          ? attempt.failed(Kind.NOT_FOUND, "no image has that tag")
          : attempt.failed(Kind.UNSUPPORTED, "several images have that tag: use the whole name");
    }
    return resolve(Reference.digested(reference.name(), candidates.getFirst()));
  }

  private boolean isAt(SavedImage image, Reference reference) {
    if (!reference.name().equals(name)) {
      return image.full().filter(reference::equals).isPresent();
    }
    boolean onlyOne = files.images().size() == 1 && image.tag().isEmpty();
    return reference
        .tag()
        .filter(tag -> image.tag().equals(Optional.of(tag)) || (onlyOne && tag.equals(ONLY_TAG)))
        .isPresent();
  }

  private String mediaType(Digest digest, byte[] body, Attempt attempt) throws RegistryException {
    Optional<String> described =
        files.images().stream()
            .filter(image -> image.descriptor().digest().equals(digest))
            .map(image -> image.descriptor().mediaType())
            .filter(MediaType::isManifest)
            .findFirst();
    return described.isPresent() ? described.get() : Manifest.parse(body, "", attempt).mediaType();
  }

  @Override
  public final byte[] manifest(RepositoryName of, Digest digest) throws RegistryException {
    Attempt attempt = attempt("manifest", digest.toString());
    checkName(of, attempt);
    FileContent content = find(digest, attempt);
    if (content.size() > Manifest.MANIFEST_LIMIT) {
      throw attempt.failed(Kind.LIMIT, content.size() + " bytes, more than 4 MiB");
    }
    byte[] body;
    try {
      body = Whole.read(content, Manifest.MANIFEST_LIMIT, "the manifest");
    } catch (IOException e) {
      throw unreadable(attempt, e);
    }
    Digest found = Digest.of(digest.algorithm(), body);
    if (!found.equals(digest)) {
      throw attempt.failed(Kind.BAD_CONTENT, "the content has digest " + found);
    }
    return body;
  }

  @Override
  public final BlobStream blob(RepositoryName of, Descriptor blob, long offset)
      throws RegistryException {
    Attempt attempt = attempt("blob", blob.digest().toString());
    checkName(of, attempt);
    FileContent content = find(blob.digest(), attempt);
    if (content.size() != blob.size()) {
      throw attempt.failed(
          Kind.BAD_CONTENT,
          "it has %d bytes where %d are described".formatted(content.size(), blob.size()));
    }
    try {
      return BlobStream.of(content.open(offset), blob, offset, attempt);
    } catch (IOException e) {
      throw unreadable(attempt, e);
    }
  }

  @Override
  public final boolean serves(RepositoryName of, Descriptor blob) throws RegistryException {
    try {
      return names().contains(of)
          && files.content(blob.digest()).filter(c -> c.size() == blob.size()).isPresent();
    } catch (IOException e) {
      throw unreadable(attempt("blob", blob.digest().toString()), e);
    }
  }

  @Override
  public final Page tags(RepositoryName of, String cursor) throws RegistryException {
    checkName(of, attempt("tags", of.toString()));
    var tags = new TreeSet<String>();
    for (SavedImage image : files.images()) {
      boolean here = of.equals(name) || image.full().filter(r -> r.name().equals(of)).isPresent();
      if (here) {
        image.tag().map(Tag::text).ifPresent(tags::add);
      }
    }
    return new Page(List.copyOf(tags), Optional.empty());
  }

  @Override
  public final Page catalog(RegistryHost registry, String cursor) {
    var names = new TreeSet<String>();
    for (RepositoryName known : names()) {
      if (known.host().equals(registry)) {
        names.add(known.repository());
      }
    }
    return new Page(List.copyOf(names), Optional.empty());
  }

  @Override
  public final List<Descriptor> referrers(RepositoryName of, Digest subject)
      throws RegistryException {
    Attempt attempt = attempt("referrers", subject.toString());
    checkName(of, attempt);
    Set<Digest> seen = new HashSet<>();
    Deque<Descriptor> open = new ArrayDeque<>();
    for (SavedImage image : files.images().reversed()) {
      push(image.descriptor(), seen, open, attempt);
    }
    var found = new ArrayList<Descriptor>();
    while (!open.isEmpty()) {
      Descriptor next = open.pop();
      byte[] body = manifest(name, next.digest());
      Manifest manifest = Manifest.parse(body, next.mediaType(), attempt);
      if (manifest.subject().filter(s -> s.digest().equals(subject)).isPresent()) {
        found.add(manifest.referrer());
      }
      if (manifest instanceof ImageIndex index) {
        for (Descriptor entry : index.manifests().reversed()) {
          if (MediaType.isManifest(entry.mediaType())) {
            push(entry, seen, open, attempt);
          }
        }
      }
    }
    return found;
  }

  private static void push(
      Descriptor descriptor, Set<Digest> seen, Deque<Descriptor> open, Attempt attempt)
      throws RegistryException {
    if (!seen.add(descriptor.digest())) {
      return;
    }
    if (seen.size() > MAX_MANIFESTS) {
      throw attempt.failed(Kind.LIMIT, "more than " + MAX_MANIFESTS + " manifests");
    }
    open.push(descriptor);
  }

  private FileContent find(Digest digest, Attempt attempt) throws RegistryException {
    try {
      return files
          .content(digest)
          .orElseThrow(() -> attempt.failed(Kind.NOT_FOUND, "there is no such content"));
    } catch (RegistryException e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(attempt, e);
    }
  }

  private List<RepositoryName> names() {
    var names = new ArrayList<RepositoryName>();
    names.add(name);
    files.images().forEach(image -> image.full().ifPresent(full -> names.add(full.name())));
    return names;
  }

  private void checkName(RepositoryName of, Attempt attempt) throws RegistryException {
    if (!names().contains(of)) {
      throw attempt.failed(Kind.NOT_FOUND, "no image is saved under " + of);
    }
  }

  private Attempt attempt(String action, String target) {
    return new Attempt(action, target + " in " + what);
  }

  private static RegistryException unreadable(Attempt attempt, IOException e) {
    return attempt.failed(Kind.TRANSIENT, "cannot be read: " + e.getMessage(), e);
  }
}
