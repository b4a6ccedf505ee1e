package dev.longshore.resolver.testing;

import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.resolver.image.member.Expansion;
import dev.longshore.resolver.image.member.Member;
import dev.longshore.resolver.image.member.MemberTable;
import dev.longshore.resolver.image.member.Referrer;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Many images that have a verified copy and were read before, each with a manifest and a layer. */
public final class Crowd {
  private final States states;
  private final MemberTable members;
  private int number;

  public Crowd(States states, MemberTable members) {
    this.states = states;
    this.members = members;
  }

  /**
   * So many more images of that repository, without tags.
   *
   * @param shared layers that all of them have
   */
  public void of(String repository, int count, Digest... shared) {
    List<Member> parts = Stream.of(shared).map(Crowd::layer).toList();
    add(repository, count, parts, List.of());
  }

  /** So many more images of that repository that belong to this one. */
  public void referringTo(Digest subject, String repository, int count) {
    add(repository, count, List.of(), List.of(subject));
  }

  private void add(String repository, int count, List<Member> shared, List<Digest> subjects) {
    List<State> known = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      number++;
      Member top = new Member(digest(), 100, MediaType.OCI_MANIFEST, cid());
      List<Member> parts = new ArrayList<>(shared);
      parts.addFirst(layer(Digest.sha256("%064x".formatted(number))));
      parts.addFirst(top);
      Cid dag = cid();
      List<Referrer> referrers = subjects.stream().map(s -> referrer(s, top)).toList();
      members.put(new Expansion(dag, top, parts, referrers, List.of()));
      known.addAll(states(repository, top.digest(), dag, subjects));
    }
    states.apply(known);
  }

  private static List<State> states(
      String repository, Digest digest, Cid dag, List<Digest> subjects) {
    RepositoryName name = RepositoryName.canonical(repository);
    ImageState image =
        new ImageState(
                digest,
                new Recipe("plain"),
                ModeName.of(Mode.PLAIN),
                MediaType.OCI_MANIFEST,
                new ImageDag(dag),
                new RootCid(dag),
                dag,
                List.of(),
                2,
                200,
                List.of(),
                new PeerName("ingest"),
                name,
                States.AT)
            .shownBy(Evidence.READ);
    TagState held = States.held(repository, digest.toString());
    return List.of(
        held,
        subjects.isEmpty() ? image : image.boundTo(subjects.getFirst()),
        States.pin(new ImageDag(dag), 1),
        new CopiesState(
            new ImageDag(dag), List.of(States.copy("far", CopyPhase.VERIFIED, 200, null))));
  }

  private static Referrer referrer(Digest subject, Member top) {
    return new Referrer(subject, new Descriptor(top.mediaType(), top.digest(), top.size()));
  }

  private static Member layer(Digest digest) {
    return new Member(
        digest, 100, MediaType.OCI_LAYER, Cid.raw(HexFormat.of().parseHex(digest.hex())));
  }

  private Digest digest() {
    return Digest.sha256("1" + "%063x".formatted(number));
  }

  private Cid cid() {
    byte[] hash = new byte[32];
    byte[] bytes = BigInteger.valueOf(number).toByteArray();
    System.arraycopy(bytes, 0, hash, hash.length - bytes.length, bytes.length);
    return Cid.raw(hash);
  }
}
