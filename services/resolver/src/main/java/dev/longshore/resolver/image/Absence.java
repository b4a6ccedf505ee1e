package dev.longshore.resolver.image;

import dev.longshore.model.Digest;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.image.member.LeftOut;
import dev.longshore.resolver.image.member.MemberTable;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.name.Selector;
import java.util.List;
import java.util.Optional;

/** Explains why nothing is served under a name. */
final class Absence {
  /** Images to examine for an explanation; they never change the answer. */
  private static final int IMAGES_WITH_GAP = 200;

  private final Listing listing;
  private final Images images;

  Absence(Listing listing, Images images) {
    this.listing = listing;
    this.images = images;
  }

  /** The explanation, to follow the name. */
  String reason(List<RepositoryName> candidates, Selector wanted) {
    if (wanted instanceof Selector.ByDigest(Digest digest)) {
      for (MemberTable.Gap gap : images.gapsAt(digest, IMAGES_WITH_GAP)) {
        for (RepositoryName repository : candidates) {
          Optional<Listed> image = listing.dag(repository, gap.image());
          if (image.isPresent()) {
            return reason(gap.leftOut(), image.get());
          }
        }
      }
    }
    return "is not known here with a verified copy" + registryTaken(candidates);
  }

  private static String registryTaken(List<RepositoryName> candidates) {
    RegistryHost host = candidates.getFirst().host();
    return candidates.size() > 1 || Names.looksLikeHost(host)
        ? ""
        : "; %s was taken for its registry, as no default-registry is configured (expected: <registry>/<repository>, such as localhost_5000/team/app)"
            .formatted(host);
  }

  private static String reason(LeftOut leftOut, Listed image) {
    List<String> kept = image.state().platforms();
    return "is not mirrored: it is %s%s"
        .formatted(
            leftOut.what(),
            kept.isEmpty() ? "" : "; what is kept of the image is " + String.join(", ", kept));
  }
}
