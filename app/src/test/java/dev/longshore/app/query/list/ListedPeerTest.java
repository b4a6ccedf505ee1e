package dev.longshore.app.query.list;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.catalog.CopiesOfPeer;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ListedPeerTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void pinsThatNoRecordKnowsAreSaid() {
    ListedPeer some = listed(3L);
    ListedPeer none = listed(null);

    assertThat(some.line(NOON.plusSeconds(60)))
        .isEqualTo("a (attic) up for 1m; 2 copies, 9 B, and 3 pins that no record knows");
    assertThat(json(some).path("unknownPins").asLong(-1)).isEqualTo(3);
    assertThat(none.line(NOON.plusSeconds(60))).isEqualTo("a (attic) up for 1m; 2 copies, 9 B");
    assertThat(json(none).path("unknownPins").asLong(-1)).isZero();
  }

  private static ObjectNode json(ListedPeer peer) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    peer.put(node);
    return node;
  }

  private static ListedPeer listed(@Nullable Long unknownPins) {
    PeerState state =
        new PeerState(
            new PeerName("a"),
            "id",
            List.of(),
            "attic",
            PeerPhase.UP,
            NOON,
            null,
            null,
            null,
            null,
            null,
            null,
            unknownPins);
    return new ListedPeer("a", "attic", true, Optional.of(state), new CopiesOfPeer(2, 9));
  }
}
