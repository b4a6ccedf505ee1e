package dev.longshore.oci.testing;

import java.util.Optional;

/**
 * How an {@link HttpRegistry} differs from a plain one.
 *
 * @param login who gets in
 * @param digestHeader whether manifests come with Docker-Content-Digest
 * @param headRefused whether HEAD is refused with 405
 * @param ranges whether Range is honoured
 * @param referrersApi whether the referrers API is there
 * @param blobsAt where blobs are redirected to, {@code http://host:port}
 * @param contentType of manifests, in place of theirs
 */
public record HttpRegistryOptions(
    Login login,
    boolean digestHeader,
    boolean headRefused,
    boolean ranges,
    boolean referrersApi,
    Optional<String> blobsAt,
    Optional<String> contentType) {

  /** Looks at the Authorization header; gives a challenge to those who do not get in. */
  @FunctionalInterface
  public interface Login {
    Optional<String> challenge(String authorization);
  }

  public static HttpRegistryOptions plain() {
    return new HttpRegistryOptions(
        authorization -> Optional.empty(),
        true,
        false,
        true,
        true,
        Optional.empty(),
        Optional.empty());
  }

  public HttpRegistryOptions withLogin(Login newLogin) {
    return new HttpRegistryOptions(
        newLogin, digestHeader, headRefused, ranges, referrersApi, blobsAt, contentType);
  }

  public HttpRegistryOptions withoutDigestHeader() {
    return new HttpRegistryOptions(
        login, false, headRefused, ranges, referrersApi, blobsAt, contentType);
  }

  public HttpRegistryOptions withoutHead() {
    return new HttpRegistryOptions(
        login, digestHeader, true, ranges, referrersApi, blobsAt, contentType);
  }

  public HttpRegistryOptions withoutRanges() {
    return new HttpRegistryOptions(
        login, digestHeader, headRefused, false, referrersApi, blobsAt, contentType);
  }

  public HttpRegistryOptions withoutReferrersApi() {
    return new HttpRegistryOptions(
        login, digestHeader, headRefused, ranges, false, blobsAt, contentType);
  }

  public HttpRegistryOptions withBlobsAt(String origin) {
    return new HttpRegistryOptions(
        login, digestHeader, headRefused, ranges, referrersApi, Optional.of(origin), contentType);
  }

  public HttpRegistryOptions withContentType(String newContentType) {
    return new HttpRegistryOptions(
        login,
        digestHeader,
        headRefused,
        ranges,
        referrersApi,
        blobsAt,
        Optional.of(newContentType));
  }
}
