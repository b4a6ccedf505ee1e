package dev.longshore.resolver.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.resolver.image.member.Expansion;
import dev.longshore.resolver.image.member.Member;
import dev.longshore.resolver.image.member.MemberTable;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.testing.RandomImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadAheadTest {
  @TempDir Path folder;

  @Test
  void imageIsLookedIntoWhenItGetsAVerifiedCopy() throws Exception {
    CountDownLatch kept = new CountDownLatch(1);
    InMemoryMembers members = new InMemoryMembers();
    try (Edge edge = Edge.with(folder, new Telling(members, kept));
        ReadAhead ahead = new ReadAhead(edge.catalog, edge.listing, edge.images)) {
      MirroredImage image = MirroredImage.write(RandomImage.of(1), edge.far);
      edge.states.converted(image, "plain");
      edge.states.pinned(image);
      assertThat(members.top(image.dag())).isEmpty();

      edge.states.pinned(image, "far");

      assertThat(kept.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(members.top(image.dag()).orElseThrow().digest()).isEqualTo(image.digest());
      assertThat(ahead).isNotNull();
    }
  }

  @Test
  void pinThatComesBeforeItsImageIsLookedIntoWithTheImage() throws Exception {
    CountDownLatch kept = new CountDownLatch(1);
    try (Edge edge = Edge.with(folder, new Telling(new InMemoryMembers(), kept));
        ReadAhead ahead = new ReadAhead(edge.catalog, edge.listing, edge.images)) {
      MirroredImage image = MirroredImage.write(RandomImage.of(1), edge.far);
      edge.states.pinned(image, "far");
      edge.states.converted(image, "plain");

      assertThat(kept.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(ahead).isNotNull();
    }
  }

  /** Tells when something is kept. */
  private record Telling(MemberTable table, CountDownLatch kept) implements MemberTable {
    @Override
    public Optional<Member> top(Cid image) {
      return table.top(image);
    }

    @Override
    public Optional<Member> member(Cid image, Digest digest) {
      return table.member(image, digest);
    }

    @Override
    public List<Digest> parts(Cid image) {
      return table.parts(image);
    }

    @Override
    public Stream<Cid> imagesWith(Digest digest) {
      return table.imagesWith(digest);
    }

    @Override
    public List<Cid> having(Digest digest, List<Cid> images) {
      return table.having(digest, images);
    }

    @Override
    public List<Cid> unread(List<Cid> images) {
      return table.unread(images);
    }

    @Override
    public Stream<Referral> referrersOf(Digest subject) {
      return table.referrersOf(subject);
    }

    @Override
    public List<Gap> gapsAt(Digest digest, int limit) {
      return table.gapsAt(digest, limit);
    }

    @Override
    public void put(Expansion expansion) {
      table.put(expansion);
      kept.countDown();
    }

    @Override
    public void remove(Cid image) {
      table.remove(image);
    }

    @Override
    public void close() {
      table.close();
    }
  }
}
