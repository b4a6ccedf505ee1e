package dev.longshore.app.query.list;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.MovePlan.Move;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlannedMovesTest {
  private final PlannedMoves moves = new PlannedMoves();
  private final List<String> lines = new ArrayList<>();

  @Test
  void saysThatNothingWouldMove() {
    assertThat(moves.sums()).containsExactly("nothing would move");
    assertThat(moves.isPossible()).isTrue();
  }

  @Test
  void showsSomeImagesAsTheyComeAndCountsAllByPeer() {
    for (int i = 1; i <= 25; i++) {
      moves.tell(move(List.of("c"), List.of("a"), 0), lines::add);
      assertThat(lines).hasSize(Math.min(i, 20));
    }

    assertThat(lines).containsOnly("? dag, 7 B, to c, off a");
    assertThat(moves.sums())
        .containsExactly(
            "... and 5 more images; --json has all",
            "c gets 25 copies, 175 B",
            "a loses 25 copies, 175 B");
  }

  @Test
  void programsGetAllImages() throws Exception {
    try (TokenBuffer out = new TokenBuffer(new ObjectMapper(), false)) {
      out.writeStartObject();
      out.writeArrayFieldStart("moves");
      for (int i = 0; i < 25; i++) {
        moves.tell(move(List.of("c"), List.of(), 0), out);
      }
      out.writeEndArray();
      moves.writeSums(out);
      out.writeEndObject();
      JsonNode answer = new ObjectMapper().readTree(out.asParser());

      assertThat(answer.get("moves")).hasSize(25);
      assertThat(answer.get("moves").get(24).toString())
          .isEqualTo("{\"imageDag\":\"dag\",\"bytes\":7,\"to\":[\"c\"],\"missing\":0}");
      assertThat(answer.get("gets").toString())
          .isEqualTo("[{\"peer\":\"c\",\"copies\":25,\"bytes\":175}]");
      assertThat(answer.get("loses")).isEmpty();
      assertThat(answer.get("possible").asBoolean()).isTrue();
    }
  }

  @Test
  void saysWhereThereAreTooFewPeers() {
    moves.tell(move(List.of(), List.of("a"), 2), lines::add);

    assertThat(moves.isPossible()).isFalse();
    assertThat(lines).containsExactly("? dag, 7 B, off a, no peer for 2");
    assertThat(moves.sums()).contains("images for which there are too few peers: 1");
  }

  private static Move move(List<String> to, List<String> from, int missing) {
    return new Move(ImageDag.stored("dag"), Optional.empty(), 7, peers(to), peers(from), missing);
  }

  private static List<PeerName> peers(List<String> names) {
    return Stream.of(names).flatMap(List::stream).map(PeerName::new).toList();
  }
}
