package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Remembers what is inside of images, so that each is read once. All of it can be read again, so it
 * may be lost at any time.
 */
public interface MemberTable extends AutoCloseable {
  /** The manifest that the image is known by; none if the image was never expanded. */
  Optional<Member> top(Cid image);

  /** A part of the image; none if it has no such part or was never expanded. */
  Optional<Member> member(Cid image, Digest digest);

  /** All images that have this part, read as the stream goes on; one may come more than once. */
  Stream<Cid> imagesWith(Digest digest);

  /** Of these images those that have this part. */
  List<Cid> having(Digest digest, List<Cid> images);

  /** Of these images those that were never expanded. */
  List<Cid> unread(List<Cid> images);

  /** All manifests of expanded images that belong to this one, read as the stream goes on. */
  Stream<Referral> referrersOf(Digest subject);

  /** Expanded images that name this digest and do not have it, at most so many. */
  List<Gap> gapsAt(Digest digest, int limit);

  /** Keeps an expansion, in place of an older one of the same image. */
  void put(Expansion expansion);

  /** Forgets an image. */
  void remove(Cid image);

  @Override
  void close();

  /** A referrer and the image that it is part of. */
  record Referral(Cid image, Referrer referrer) {}

  /** What an image does not have. */
  record Gap(Cid image, LeftOut leftOut) {}
}
