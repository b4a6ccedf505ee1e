package dev.longshore.resolver.image.member;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Remembers the content of images, so that each is read once. It can be rebuilt by reading, so it
 * may be lost at any time.
 */
public interface MemberTable extends AutoCloseable {
  /** The manifest that identifies the image; empty if the image was never expanded. */
  Optional<Member> top(Cid image);

  /** A part of the image; empty if it has no such part or was never expanded. */
  Optional<Member> member(Cid image, Digest digest);

  /** The digests of all parts of the image, the top's too; none if it was never expanded. */
  List<Digest> parts(Cid image);

  /** All images that have this part, read lazily; one may occur more than once. */
  Stream<Cid> imagesWith(Digest digest);

  /** Those of these images that have this part. */
  List<Cid> having(Digest digest, List<Cid> images);

  /** Those of these images that were never expanded. */
  List<Cid> unread(List<Cid> images);

  /** All manifests of expanded images that refer to this one, read lazily. */
  Stream<Referral> referrersOf(Digest subject);

  /** Expanded images that name this digest but lack it, up to the limit. */
  List<Gap> gapsAt(Digest digest, int limit);

  /** Stores an expansion, replacing an older one of the same image. */
  void put(Expansion expansion);

  /** Forgets an image. */
  void remove(Cid image);

  @Override
  void close();

  /** A referrer and its image. */
  record Referral(Cid image, Referrer referrer) {}

  /** Content that an image lacks. */
  record Gap(Cid image, LeftOut leftOut) {}
}
