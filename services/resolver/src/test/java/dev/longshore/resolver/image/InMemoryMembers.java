package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.resolver.image.member.Expansion;
import dev.longshore.resolver.image.member.Member;
import dev.longshore.resolver.image.member.MemberTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What is inside of images, kept nowhere. */
public class InMemoryMembers implements MemberTable {
  private final Map<Cid, Expansion> images = new ConcurrentHashMap<>();

  @Override
  public Optional<Member> top(Cid image) {
    return Optional.ofNullable(images.get(image)).map(Expansion::top);
  }

  @Override
  public Optional<Member> member(Cid image, Digest digest) {
    return Optional.ofNullable(images.get(image)).stream()
        .flatMap(expansion -> expansion.members().stream())
        .filter(member -> member.digest().equals(digest))
        .findFirst();
  }

  @Override
  public List<Digest> parts(Cid image) {
    return Optional.ofNullable(images.get(image)).stream()
        .flatMap(expansion -> expansion.members().stream())
        .map(Member::digest)
        .toList();
  }

  @Override
  public Stream<Cid> imagesWith(Digest digest) {
    return images.keySet().stream().filter(image -> member(image, digest).isPresent());
  }

  @Override
  public List<Cid> having(Digest digest, List<Cid> among) {
    return among.stream().filter(image -> member(image, digest).isPresent()).toList();
  }

  @Override
  public List<Cid> unread(List<Cid> among) {
    return among.stream().filter(image -> !images.containsKey(image)).toList();
  }

  @Override
  public Stream<Referral> referrersOf(Digest subject) {
    return images.values().stream()
        .flatMap(e -> e.referrers().stream().map(r -> new Referral(e.image(), r)))
        .filter(referral -> referral.referrer().subject().equals(subject));
  }

  @Override
  public List<Gap> gapsAt(Digest digest, int limit) {
    return images.values().stream()
        .flatMap(e -> e.leftOut().stream().map(leftOut -> new Gap(e.image(), leftOut)))
        .filter(gap -> gap.leftOut().digest().equals(digest))
        .limit(limit)
        .toList();
  }

  @Override
  public void put(Expansion expansion) {
    images.put(expansion.image(), expansion);
  }

  @Override
  public void remove(Cid image) {
    images.remove(image);
  }

  @Override
  public void close() {}
}
