package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.oci.MediaType;
import dev.longshore.resolver.content.LocatedContent;
import dev.longshore.resolver.image.member.Member;
import java.util.Optional;

/**
 * The result of a request.
 *
 * @param content the manifest or blob
 * @param image CID of the image in which it was found
 * @param listed the image's entry in the catalog; null for one that Longshore never wrote
 */
public record ResolvedContent(LocatedContent content, Cid image, Optional<Listed> listed) {
  /** Whether registries serve it under {@code /manifests/}. */
  public boolean isManifest() {
    return MediaType.isManifest(content.mediaType());
  }

  static ResolvedContent of(Member member, ImageVariant form, Optional<Listed> listed) {
    LocatedContent content =
        new LocatedContent(
            member.digest(), member.size(), member.mediaType(), member.cid(), form.providers());
    return new ResolvedContent(content, form.cid(), listed);
  }
}
