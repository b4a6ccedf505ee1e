package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.oci.MediaType;
import dev.longshore.resolver.content.Content;
import java.util.Optional;

/**
 * The result of a request.
 *
 * @param content the manifest or blob
 * @param image CID of the image in which it was found
 * @param listed the image's entry in the catalog; null for one that Longshore never wrote
 */
public record Found(Content content, Cid image, Optional<Listed> listed) {
  /** Whether registries serve it under {@code /manifests/}. */
  public boolean isManifest() {
    return MediaType.isManifest(content.mediaType());
  }

  static Found of(Member member, ImageForm form, Optional<Listed> listed) {
    Content content =
        new Content(
            member.digest(), member.size(), member.mediaType(), member.cid(), form.providers());
    return new Found(content, form.cid(), listed);
  }
}
