package dev.longshore.app.backfill;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A registry, asked only for what is not remembered. Of descriptors, type, digest and size are
 * remembered: a plan needs no more.
 */
final class RememberedAnswers implements ImageSource {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ImageSource source;
  private final PlanMemory memory;
  private final AtomicLong ofPolls = new AtomicLong();
  private final AtomicLong ofImages = new AtomicLong();

  RememberedAnswers(ImageSource source, PlanMemory memory) {
    this.source = source;
    this.memory = memory;
  }

  private record Named(String mediaType, String digest, long size) {
    static Named of(Descriptor descriptor) {
      return new Named(descriptor.mediaType(), descriptor.digest().toString(), descriptor.size());
    }

    Descriptor descriptor() {
      return new Descriptor(mediaType, Digest.parse(digest), size);
    }
  }

  private record Listed(List<String> items, @Nullable String next) {}

  /** None if clients keep the list under a tag. */
  private record Referrers(@Nullable List<Named> listed) {}

  @FunctionalInterface
  private interface Request<T> {
    T send() throws RegistryException;
  }

  /** Answers of polls that were remembered. */
  long ofPolls() {
    return ofPolls.get();
  }

  /** All answers that were remembered. */
  long all() {
    return ofPolls.get() + ofImages.get();
  }

  @Override
  public Descriptor resolve(Reference reference) throws RegistryException {
    return poll(
            "resolve " + reference,
            new TypeReference<Named>() {},
            () -> Named.of(source.resolve(reference)))
        .descriptor();
  }

  @Override
  public byte[] manifest(RepositoryName name, Digest digest) throws RegistryException {
    String question = "manifest %s@%s".formatted(name, digest);
    Optional<byte[]> known = memory.find(question).filter(body -> Digest.of(body).equals(digest));
    if (known.isPresent()) {
      ofImages.incrementAndGet();
      return known.get();
    }
    byte[] body = source.manifest(name, digest);
    memory.keep(question, body);
    return body;
  }

  @Override
  public Page tags(RepositoryName name, String cursor) throws RegistryException {
    return page("tags %s %s".formatted(name, cursor), () -> source.tags(name, cursor));
  }

  @Override
  public Page catalog(RegistryHost registry, String cursor) throws RegistryException {
    return page(
        "catalog %s %s".formatted(registry, cursor), () -> source.catalog(registry, cursor));
  }

  private Page page(String question, Request<Page> request) throws RegistryException {
    Listed listed =
        poll(
            question,
            new TypeReference<Listed>() {},
            () -> {
              Page page = request.send();
              return new Listed(page.items(), page.next().orElse(null));
            });
    return new Page(listed.items(), Optional.ofNullable(listed.next()));
  }

  @Override
  public List<Descriptor> referrers(RepositoryName name, Digest subject) throws RegistryException {
    return poll(
            "referrers %s@%s".formatted(name, subject),
            new TypeReference<List<Named>>() {},
            () -> source.referrers(name, subject).stream().map(Named::of).toList())
        .stream()
        .map(Named::descriptor)
        .toList();
  }

  @Override
  public Optional<List<Descriptor>> listedReferrers(RepositoryName name, Digest subject)
      throws RegistryException {
    Referrers kept =
        poll(
            "listed referrers %s@%s".formatted(name, subject),
            new TypeReference<Referrers>() {},
            () ->
                new Referrers(
                    source
                        .listedReferrers(name, subject)
                        .map(listed -> listed.stream().map(Named::of).toList())
                        .orElse(null)));
    return Optional.ofNullable(kept.listed())
        .map(listed -> listed.stream().map(Named::descriptor).toList());
  }

  private <T> T poll(String question, TypeReference<T> type, Request<T> request)
      throws RegistryException {
    Optional<byte[]> known = memory.find(question);
    if (known.isPresent()) {
      try {
        T answer = JSON.readValue(known.get(), type);
        ofPolls.incrementAndGet();
        return answer;
      } catch (IOException e) {
        // Its sum is right, so an earlier release wrote it; the registry still knows.
        return request.send();
      }
    }
    T answer = request.send();
    try {
      memory.keep(question, JSON.writeValueAsBytes(answer));
    } catch (IOException e) {
      throw new UncheckedIOException("a plain record was not written as JSON", e);
    }
    return answer;
  }

  @Override
  public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
      throws RegistryException {
    return source.blob(name, blob, offset);
  }

  @Override
  public boolean serves(RepositoryName name, Descriptor blob) throws RegistryException {
    return source.serves(name, blob);
  }

  @Override
  public String endpoint(RepositoryName name) {
    return source.endpoint(name);
  }

  @Override
  public boolean isOverAll(
      RegistryHost registry, Optional<RepositoryName> repository, RegistryException failure)
      throws InterruptedException {
    return source.isOverAll(registry, repository, failure);
  }
}
