package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.MovePlan.Move;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlannedMovesTest {
  private final PlannedMoves moves = new PlannedMoves();

  @Test
  void saysThatNothingWouldMove() {
    assertThat(moves.lines()).containsExactly("nothing would move");
    assertThat(moves.isPossible()).isTrue();
  }

  @Test
  void showsSomeImagesAndCountsAllByPeer() {
    for (int i = 0; i < 25; i++) {
      moves.add(move(List.of("c"), List.of("a"), 0));
    }

    assertThat(moves.lines())
        .hasSize(23)
        .startsWith("? dag, 0 B, to c, off a")
        .endsWith(
            "... and 5 more images; --json has all",
            "c gets 25 copies, 0 B",
            "a loses 25 copies, 0 B");
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    moves.put(answer);
    assertThat(answer.get("moves")).hasSize(25);
    assertThat(answer.get("gets").toString())
        .isEqualTo("[{\"peer\":\"c\",\"copies\":25,\"bytes\":0}]");
  }

  @Test
  void saysWhereThereAreTooFewPeers() {
    moves.add(move(List.of(), List.of("a"), 2));

    assertThat(moves.isPossible()).isFalse();
    assertThat(moves.lines())
        .contains(
            "? dag, 0 B, off a, no peer for 2", "images for which there are too few peers: 1");
  }

  private static Move move(List<String> to, List<String> from, int missing) {
    return new Move(ImageDag.stored("dag"), Optional.empty(), peers(to), peers(from), missing);
  }

  private static List<PeerName> peers(List<String> names) {
    return Stream.of(names).flatMap(List::stream).map(PeerName::new).toList();
  }
}
