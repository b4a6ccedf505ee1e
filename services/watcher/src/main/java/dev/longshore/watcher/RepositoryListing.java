package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a registry says of one repository, and of it before its turn comes: all of a small one, and
 * of a large one the beginning, so that memory is bounded.
 */
final class RepositoryListing {
  private final RepositoryName name;
  private final ImageSource source;
  private final MirrorScope scope;
  private final Catalog catalog;
  private final int atOnce;

  /** The answer to one request. */
  record Answer(
      Reference reference, @Nullable Descriptor found, @Nullable RegistryException failure) {}

  /** Manifests without a tag, or why they are not known. */
  private record Referrers(List<Reference> unknown, @Nullable RegistryException failure) {}

  /**
   * What was asked before its turn.
   *
   * @param first of its tags
   * @param tagged the answers about the first images of it
   * @param referrers null if it has more images than these
   * @param referring the answers about the first of them
   */
  private record Beginning(
      Page first, List<Answer> tagged, @Nullable Referrers referrers, List<Answer> referring) {
    static final Beginning NONE =
        new Beginning(new Page(List.of(), Optional.empty()), List.of(), null, List.of());
  }

  private Beginning begun = Beginning.NONE;
  private @Nullable RegistryException failure;

  RepositoryListing(
      RepositoryName name, ImageSource source, MirrorScope scope, Catalog catalog, int atOnce) {
    this.name = name;
    this.source = source;
    this.scope = scope;
    this.catalog = catalog;
    this.atOnce = atOnce;
  }

  RepositoryName name() {
    return name;
  }

  /** Asks before its turn; another thread may read the answers once this has returned. */
  void begin() throws InterruptedException {
    try {
      begun = beginning();
    } catch (RegistryException e) {
      failure = e;
    }
  }

  private Beginning beginning() throws RegistryException, InterruptedException {
    Page first = source.tags(name, Page.START);
    List<Reference> references = references(first.items());
    boolean isRest = first.next().isPresent();
    boolean isWhole = !isRest || references.size() >= atOnce;
    List<Answer> tagged = isWhole ? answers(some(references, 0)) : List.of();
    if (isRest || references.size() > tagged.size()) {
      return new Beginning(first, tagged, null, List.of());
    }
    Referrers referrers = askForReferrers(digests(tagged));
    return new Beginning(first, tagged, referrers, answers(some(referrers.unknown, 0)));
  }

  /** What it begins with: known before its turn. */
  List<Descriptor> beginning(boolean ofReferrers) {
    return found(ofReferrers ? begun.referring : begun.tagged);
  }

  /**
   * All images that the rules want.
   *
   * @throws RegistryException if the tags are not listed
   */
  List<Reference> tagged() throws RegistryException {
    if (failure != null) {
      throw failure;
    }
    var attempt = new RegistryException.Attempt("list tags of", name.toString());
    return references(
        Page.all(
            attempt,
            RepositoryComparison.LISTING_LIMIT,
            from -> from.equals(Page.START) ? begun.first : source.tags(name, from)));
  }

  private List<Reference> references(List<String> tags) {
    return tags.stream()
        .map(Tag::new)
        .filter(tag -> scope.covers(name, tag))
        .map(tag -> Reference.tagged(name, tag))
        .toList();
  }

  /**
   * Manifests without a tag.
   *
   * @param images what the tags point to
   */
  List<Reference> referrers(Collection<Digest> images)
      throws RegistryException, InterruptedException {
    Referrers referrers = begun.referrers;
    Referrers asked = referrers == null ? askForReferrers(images) : referrers;
    if (asked.failure != null) {
      throw asked.failure;
    }
    return asked.unknown;
  }

  private Referrers askForReferrers(Collection<Digest> images) throws InterruptedException {
    try {
      return new Referrers(
          new PolledReferrers(source, name, catalog, atOnce)
              .unknown(images).stream().map(digest -> Reference.digested(name, digest)).toList(),
          null);
    } catch (RegistryException e) {
      return new Referrers(List.of(), e);
    }
  }

  /** Of a list, as many as are asked about at once. */
  List<Reference> some(List<Reference> references, int from) {
    return references.subList(from, Math.min(references.size(), from + atOnce));
  }

  /** The answers about these, in their order; those that are known already are not asked for. */
  List<Answer> of(List<Reference> some) throws InterruptedException {
    for (List<Answer> known : List.of(begun.tagged, begun.referring)) {
      if (known.stream().map(Answer::reference).toList().equals(some)) {
        return known;
      }
    }
    return answers(some);
  }

  private List<Answer> answers(List<Reference> some) throws InterruptedException {
    return AtOnce.all(
        some.stream().map(reference -> (Callable<Answer>) () -> resolve(reference)).toList());
  }

  private Answer resolve(Reference reference) {
    try {
      return new Answer(reference, source.resolve(reference), null);
    } catch (RegistryException e) {
      return new Answer(reference, null, e);
    }
  }

  static List<Descriptor> found(List<Answer> answers) {
    return answers.stream().flatMap(answer -> Stream.ofNullable(answer.found)).toList();
  }

  private static List<Digest> digests(List<Answer> answers) {
    return found(answers).stream().map(Descriptor::digest).distinct().toList();
  }
}
