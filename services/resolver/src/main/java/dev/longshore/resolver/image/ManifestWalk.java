package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.resolver.content.LocatedContent;
import dev.longshore.resolver.content.Provider;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.resolver.image.member.Expansion;
import dev.longshore.resolver.image.member.LeftOut;
import dev.longshore.resolver.image.member.Member;
import dev.longshore.resolver.image.member.Referrer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads an image's manifests from the top down, verifying each by its digest, and records what they
 * name. Content without a CID is not there: an excluded platform, or a layer that its vendor
 * serves.
 */
final class ManifestWalk {
  private final VerifiedContents contents;
  private final List<Provider> providers;
  private final CidOf cids;
  private final Map<Digest, Member> members = new LinkedHashMap<>();
  private final List<Referrer> referrers = new ArrayList<>();
  private final Map<Digest, LeftOut> leftOut = new LinkedHashMap<>();
  private int manifests;

  /** Finds the content of a descriptor. */
  @FunctionalInterface
  interface CidOf {
    Optional<Cid> cid(Descriptor descriptor);
  }

  ManifestWalk(VerifiedContents contents, List<Provider> providers, CidOf cids) {
    this.contents = contents;
    this.providers = providers;
    this.cids = cids;
  }

  /**
   * Walks the image.
   *
   * @throws UnknownException when this is not an image, or exceeds a limit
   */
  Expansion walk(Cid image, Descriptor top)
      throws UnknownException, UnavailableException, InterruptedException {
    visit(new Part(top, true, "the top"), 0);
    Member first = members.get(top.digest());
    if (first == null || !first.isManifest()) {
      throw new UnknownException(
          "/ipfs/" + image + " is no image: its top " + top.digest() + " is not there");
    }
    leftOut.keySet().removeAll(members.keySet());
    return new Expansion(
        image, first, List.copyOf(members.values()), referrers, List.copyOf(leftOut.values()));
  }

  /**
   * A part that a manifest names.
   *
   * @param inIndex whether the parent is an index; config and layers are never manifests, whatever
   *     their media types
   * @param role its role in its parent
   */
  private record Part(Descriptor descriptor, boolean inIndex, String role) {
    Member at(Cid cid) {
      boolean blob = !inIndex && MediaType.isManifest(descriptor.mediaType());
      String mediaType = blob ? MediaType.OCTET_STREAM : descriptor.mediaType();
      return new Member(descriptor.digest(), descriptor.size(), mediaType, cid);
    }
  }

  private void visit(Part part, int depth)
      throws UnknownException, UnavailableException, InterruptedException {
    Descriptor descriptor = part.descriptor();
    if (members.containsKey(descriptor.digest())) {
      return;
    }
    Optional<Cid> cid = cids.cid(descriptor);
    if (cid.isEmpty()) {
      leftOut.putIfAbsent(descriptor.digest(), new LeftOut(descriptor.digest(), part.role()));
      return;
    }
    Member member = part.at(cid.get());
    members.put(member.digest(), member);
    if (members.size() > ExpansionLimits.BLOBS) {
      throw tooMuch(member, "more than " + ExpansionLimits.BLOBS + " blobs");
    }
    if (member.isManifest()) {
      read(member, depth);
    }
  }

  private void read(Member member, int depth)
      throws UnknownException, UnavailableException, InterruptedException {
    if (depth > ExpansionLimits.NESTING) {
      throw tooMuch(member, "more than " + ExpansionLimits.NESTING + " levels of indexes");
    }
    if (++manifests > ExpansionLimits.MANIFESTS) {
      throw tooMuch(member, "more than " + ExpansionLimits.MANIFESTS + " manifests");
    }
    LocatedContent content =
        new LocatedContent(
            member.digest(), member.size(), member.mediaType(), member.cid(), providers);
    Manifest manifest = parse(contents.bytes(content, Manifest.MANIFEST_LIMIT), member);
    manifest.subject().ifPresent(s -> referrers.add(new Referrer(s.digest(), listed(manifest))));
    for (Descriptor child : manifest.children()) {
      visit(part(manifest, child), depth + 1);
    }
  }

  private static Part part(Manifest parent, Descriptor child) {
    return switch (parent) {
      case ImageIndex index -> {
        String platform = child.platform().map(p -> " for " + p.normalized()).orElse("");
        yield new Part(child, true, "the entry%s of index %s".formatted(platform, index.digest()));
      }
      case ImageManifest image -> {
        String kind =
            MediaType.isForeignLayer(child.mediaType())
                ? "a layer that the registry does not serve, of image "
                : "a blob of image ";
        yield new Part(child, false, kind + image.digest());
      }
    };
  }

  /** Without an artifact type, the config's media type applies (distribution spec). */
  private static Descriptor listed(Manifest manifest) {
    Descriptor descriptor = manifest.referrer();
    return manifest instanceof ImageManifest image && descriptor.artifactType().isEmpty()
        ? descriptor.withArtifactType(image.config().mediaType())
        : descriptor;
  }

  private static Manifest parse(byte[] bytes, Member member) throws UnknownException {
    try {
      return Manifest.parse(bytes, member.mediaType());
    } catch (OciFormatException e) {
      throw new UnknownException(
          member.digest()
              + " said to be "
              + MediaType.ofHeader(member.mediaType())
              + ": "
              + e.getMessage());
    }
  }

  private static UnknownException tooMuch(Member member, String what) {
    return new UnknownException("image is not served, it has " + what + ": at " + member.digest());
  }
}
