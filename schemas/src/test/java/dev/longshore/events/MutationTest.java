package dev.longshore.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes: a record that can be written again and is the same, or the typed error. */
class MutationTest {
  private static final int ROUNDS = 4000;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void mutatedBytesGiveTheTypedErrorOrAWholeRecord(long seed) throws Exception {
    Random random = new Random(seed);
    List<Golden> goldens = Golden.all();
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Golden golden = goldens.get(random.nextInt(goldens.size()));
      byte[] json = mutatedBytes(golden.bytes(), random);
      refused += readOrRefuse(golden, json, seed, round) ? 0 : 1;
    }
    assertThat(refused).as("most byte mutations break something").isBetween(ROUNDS / 4, ROUNDS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void mutatedValuesGiveTheTypedErrorOrAWholeRecord(long seed) throws Exception {
    Random random = new Random(seed);
    List<Golden> goldens = Golden.all();
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Golden golden = goldens.get(random.nextInt(goldens.size()));
      JsonNode tree = golden.tree();
      mutate(tree, random);
      byte[] json = tree.toString().getBytes(StandardCharsets.UTF_8);
      refused += readOrRefuse(golden, json, seed, round) ? 0 : 1;
    }
    assertThat(refused).as("most values of other types break").isBetween(ROUNDS / 3, ROUNDS);
  }

  private static boolean readOrRefuse(Golden golden, byte[] json, long seed, int round)
      throws Exception {
    Record read;
    try {
      read = golden.read(json);
    } catch (MalformedEventException e) {
      assertThat(e.getMessage()).startsWith("reading ");
      return false;
    } catch (RuntimeException e) {
      String text = new String(json, StandardCharsets.UTF_8);
      throw new AssertionError("seed " + seed + " round " + round + ": " + text, e);
    }
    assertThat(golden.read(Golden.write(read))).as("seed %d round %d", seed, round).isEqualTo(read);
    return true;
  }

  private static byte[] mutatedBytes(byte[] json, Random random) {
    byte[] mutated = json.clone();
    for (int i = 0; i <= random.nextInt(3); i++) {
      int at = random.nextInt(mutated.length);
      switch (random.nextInt(4)) {
        case 0 -> mutated[at] = (byte) random.nextInt(256);
        case 1 -> mutated = Arrays.copyOf(mutated, at + 1);
        case 2 ->
            mutated[at] =
                "{}[]\",:0-e.\\n\u0000".getBytes(StandardCharsets.UTF_8)[random.nextInt(14)];
        default -> {
          int from = random.nextInt(mutated.length);
          int length = Math.min(random.nextInt(20), mutated.length - Math.max(from, at));
          System.arraycopy(json, Math.min(from, json.length - length), mutated, at, length);
        }
      }
    }
    return mutated;
  }

  private static void mutate(JsonNode node, Random random) {
    switch (node) {
      case ObjectNode object -> {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        if (names.isEmpty()) {
          return;
        }
        String name = names.get(random.nextInt(names.size()));
        if (object.get(name).isContainerNode() && random.nextBoolean()) {
          mutate(object.get(name), random);
        } else if (random.nextInt(5) == 0) {
          object.remove(name);
        } else {
          object.set(name, value(random));
        }
      }
      case ArrayNode array -> {
        if (!array.isEmpty() && random.nextBoolean()) {
          mutate(array.get(random.nextInt(array.size())), random);
        } else {
          array.add(value(random));
        }
      }
      default -> {}
    }
  }

  private static JsonNode value(Random random) {
    return switch (random.nextInt(14)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.numberNode(random.nextInt());
      case 3 -> NODES.numberNode(random.nextLong());
      case 4 -> NODES.numberNode(BigInteger.TWO.pow(random.nextInt(400)));
      case 5 -> NODES.numberNode(new BigDecimal("1e" + random.nextInt(999_999)));
      case 6 -> NODES.numberNode(random.nextDouble());
      case 7 -> NODES.textNode("");
      case 8 -> NODES.textNode("\u0000\ud83d\ude00<>&\u2028");
      case 9 -> NODES.textNode("9".repeat(random.nextInt(400)));
      case 10 -> NODES.textNode("+1000000000-12-31T23:59:59.999999999Z");
      case 11 -> NODES.textNode("2026-03-01T12:00:00+01:00");
      case 12 -> NODES.arrayNode().add(NODES.arrayNode());
      default -> NODES.objectNode().set("x", NODES.objectNode());
    };
  }
}
