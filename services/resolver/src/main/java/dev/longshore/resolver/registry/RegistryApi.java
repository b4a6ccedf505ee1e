package dev.longshore.resolver.registry;

import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.image.Referrals;
import dev.longshore.resolver.image.Resolve;
import dev.longshore.resolver.name.Names;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.rights.ApiCall;
import java.util.Map;
import java.util.Optional;

/** The whole registry: one call in, one response out. */
public final class RegistryApi {
  /** The age of the index, in whole seconds. */
  public static final String KNOWLEDGE_AGE = "Longshore-Knowledge-Age";

  /** Seconds after which a refused client may try again. */
  private static final String RETRY_AFTER = "5";

  private final RequestParser parser;
  private final ManifestHandler manifests;
  private final BlobHandler blobs;
  private final TagsHandler tags;
  private final ReferrersHandler referrers;
  private final RepositoriesHandler repositories;
  private final RegistryAdmission admission;
  private final IndexAge knowledge;

  public RegistryApi(
      Names names,
      Listing listing,
      Resolve resolve,
      Referrals referrals,
      VerifiedContents contents,
      PullObserver pulls,
      IndexAge knowledge) {
    this.parser = new RequestParser(names);
    this.manifests = new ManifestHandler(resolve, contents, pulls);
    this.blobs = new BlobHandler(resolve, contents, pulls);
    this.tags = new TagsHandler(listing);
    this.referrers = new ReferrersHandler(resolve, referrals);
    this.repositories = new RepositoriesHandler(listing);
    this.admission = new RegistryAdmission(listing);
    this.knowledge = knowledge;
  }

  /**
   * Answers a call below {@code /v2/}; errors in it become answers too.
   *
   * @param visit the visit of a caller who may pull; records the subject
   * @throws HttpFailure 502, 503 or 504 when known content is unavailable now
   */
  public RegistryResponse answer(RegistryCall call, ApiCall visit)
      throws HttpFailure, InterruptedException {
    RegistryResponse answer;
    try {
      answer = handle(call, visit);
    } catch (UnavailableException e) {
      throw failure(e);
    } catch (RequestException e) {
      answer = RegistryResponse.error(e.error());
    }
    if (call.isHead() && answer.body() instanceof Body.Bytes) {
      answer = answer.withoutBody();
    }
    return stamp(answer, call);
  }

  private RegistryResponse handle(RegistryCall call, ApiCall visit)
      throws RequestException, UnavailableException, InterruptedException {
    RegistryRequest asked = parser.parse(call);
    asked.tell(visit);
    RegistryRequest request =
        asked instanceof RegistryRequest.Placed placed
            ? admission.admit(placed, visit.caller())
            : asked;
    return switch (request) {
      case RegistryRequest.Ping() -> RegistryResponse.json(200, Map.of());
      case RegistryRequest.Manifest manifest -> manifests.handle(manifest, call);
      case RegistryRequest.Blob blob -> blobs.handle(blob, call);
      case RegistryRequest.Tags list -> tags.handle(list, call);
      case RegistryRequest.Referrers list -> referrers.handle(list, call);
      case RegistryRequest.Repositories list ->
          repositories.handle(list, call, visit.caller().rights());
    };
  }

  /** The error for content that is unavailable now. */
  static HttpFailure failure(UnavailableException e) {
    int status =
        switch (e.reason()) {
          case BAD_SOURCE -> 502;
          case BUSY, NOT_HERE -> 503;
          case NO_PROGRESS -> 504;
        };
    return new HttpFailure(
        status,
        (e.reason() == UnavailableException.Reason.BUSY
                ? OciError.Code.TOOMANYREQUESTS
                : OciError.Code.UNAVAILABLE)
            .name(),
        e.getMessage(),
        Map.of("Retry-After", RETRY_AFTER),
        e);
  }

  private RegistryResponse stamp(RegistryResponse answer, RegistryCall call) {
    RegistryResponse stamped = answer.with("Docker-Distribution-API-Version", "registry/2.0");
    Optional<String> namespace = call.parameter(RequestParser.NAMESPACE);
    if (namespace.isPresent() && answer.status() < 400) {
      stamped = stamped.with("OCI-Namespace", namespace.get());
    }
    Optional<String> age = knowledge.age().map(a -> Long.toString(a.toSeconds()));
    return age.isPresent() ? stamped.with(KNOWLEDGE_AGE, age.get()) : stamped;
  }
}
