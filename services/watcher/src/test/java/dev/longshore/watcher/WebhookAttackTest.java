package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.EventJson;
import dev.longshore.events.Hint;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.MediaType;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import dev.longshore.watcher.sender.Delivery;
import dev.longshore.watcher.sender.Distribution;
import dev.longshore.watcher.sender.DistributionEvents;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Notifications that no registry sends, from the socket to what is looked for. */
final class WebhookAttackTest {
  private static final RegistryHost HOST = new RegistryHost("registry.example");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
  private static final String EVENT =
      "{\"action\":\"push\",\"target\":{\"mediaType\":\"%s\",\"repository\":\"team/app\",\"digest\":\"%s\",\"tag\":\"v1\"}}"
          .formatted(MediaType.OCI_MANIFEST, DIGEST);
  private static final String VALID = "{\"events\":[" + EVENT + "]}";
  private static final String REFERENCE =
      "{\"repository\":\"team/app\",\"tag\":\"v1\",\"digest\":\"%s\"}".formatted(DIGEST);

  /** Bytes; 40 KiB of a body are taken apart; the first one loads classes, which counts too. */
  private static final long MOST_BYTES = 64L << 20;

  private static Attack<List<HintTarget>> attack(String contentType) {
    return new Attack<>(
        WebhookAttackTest.class,
        "services/watcher",
        body -> read(contentType, body),
        List.of(MalformedHintException.class),
        MOST_BYTES,
        WebhookAttackTest::holds);
  }

  /** The way of a body: it always becomes an event that Kafka takes, which is read later. */
  private static List<HintTarget> read(String contentType, byte[] body) throws Exception {
    Hint hint = Webhooks.hint("dev", new Delivery(contentType, body), NOW);
    Hint stored = EventJson.read(EventJson.write(hint), Hint.class);
    assertThat(stored).isEqualTo(hint);
    assertThat(stored.key()).matches("dev(/[a-z0-9._/-]{1,255})?");
    return stored.truncated()
        ? List.of()
        : new HintReader(HOST, new Distribution("distribution")).read(stored);
  }

  private static void holds(List<HintTarget> looks, byte[] body) {
    assertThat(looks).hasSizeLessThanOrEqualTo(1_000);
    String lower = new String(body, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    for (HintTarget look : looks) {
      assertThat(look.name().host()).isEqualTo(HOST);
      assertThat(look.tag() != null || look.digest() != null).isTrue();
      if (!lower.contains("\\u") && lower.indexOf('\0') < 0) {
        assertThat(lower).contains(look.name().repository());
      }
    }
  }

  private static List<HostileInput> inputs(String valid) {
    HostileInputs inputs = new HostileInputs(Attack.seed());
    inputs.damage(valid.getBytes(StandardCharsets.UTF_8));
    for (String field : List.of("team/app", "v1", DIGEST, MediaType.OCI_MANIFEST, "push")) {
      inputs.each(field, HostileInputs.oddTexts(), text -> valid.replace(field, escaped(text)));
    }
    inputs.each("number", HostileInputs.oddNumbers(), n -> valid.replace("\"v1\"", n));
    inputs.each("repository", HostileInputs.oddNumbers(), n -> valid.replace("\"team/app\"", n));
    for (String value : List.of("null", "true", "[]", "{}", "[{}]")) {
      inputs.add("tag " + value, valid.replace("\"v1\"", value));
      inputs.add("digest " + value, valid.replace("\"" + DIGEST + "\"", value));
      inputs.add("body " + value, value);
      inputs.add("events " + value, "{\"events\":" + value + "}");
      inputs.add("event " + value, "{\"events\":[" + value + "]}");
      inputs.add(
          "target " + value, "{\"events\":[{\"action\":\"delete\",\"target\":" + value + "}]}");
    }
    inputs.add("a delete without a digest", valid.replace("push", "delete").replace(DIGEST, ""));
    inputs.add("10,000 events", "{\"events\":[" + (EVENT + ",").repeat(9_999) + EVENT + "]}");
    inputs.add("13,000 events of nothing", "{\"events\":[" + "{},".repeat(12_999) + "{}]}");
    inputs.add("1,001 events", "{\"events\":[" + "{},".repeat(1_000) + "{}]}");
    inputs.add("events twice", "{\"events\":[],\"events\":[" + EVENT + "]}");
    inputs.add("a repository of 39 kB", valid.replace("team/app", "a".repeat(39_000)));
    inputs.add("a repository of 39 kB of NULs", valid.replace("team/app", "\\u0000".repeat(6_500)));
    inputs.add("a repository of 6 MB", valid.replace("team/app", "a".repeat(6_000_000)));
    inputs.add("nesting", "{\"events\":" + "[".repeat(39_000));
    inputs.add("nesting of 8 MB", "{\"events\":" + "[".repeat(8_000_000));
    inputs.add("8 MB of empty objects", "{\"x\":[" + "{},".repeat(2_600_000) + "{}]}");
    inputs.add("8 MB of nothing", new byte[8 << 20]);
    for (int factor : new int[] {31, 33}) {
      String names =
          HostileInputs.collidingNames(factor, 10).stream()
              .map(name -> "\"" + name + "\":0")
              .collect(Collectors.joining(","));
      inputs.add("names of one hash, factor " + factor, "{" + names + "," + valid.substring(1));
    }
    return inputs.list();
  }

  private static String escaped(String text) {
    return text.replace("\u0000", "\\u0000");
  }

  @Test
  void notificationsAreReadOrRefused() {
    List<HostileInput> inputs = inputs(VALID);

    Attack.Tally tally = attack(DistributionEvents.V2).with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }

  @Test
  void referencesAreReadOrRefused() {
    List<HostileInput> inputs = inputs(REFERENCE);

    Attack.Tally tally = attack(Hint.REFERENCE).with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }

  @Test
  void aContentTypeThatFillsTheHeaderLeavesRoomForTheBody() {
    List<HostileInput> bodies = new ArrayList<>();
    bodies.add(HostileInput.of("40 KiB", "x".repeat(Hint.BODY_LIMIT)));
    bodies.add(new HostileInput("40 KiB of NULs", new byte[Hint.BODY_LIMIT]));

    for (String type : List.of("\"".repeat(16_000), "\u00e4".repeat(16_000), "\\".repeat(16_000))) {
      assertThat(attack(type).with(bodies)).isEqualTo(new Attack.Tally(0, 2));
    }
  }

  @Test
  void damagedNotificationsAreReadOrRefused() {
    Attack.Tally tally =
        attack(DistributionEvents.V2).mutating(List.of(VALID.getBytes(StandardCharsets.UTF_8)));

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }
}
