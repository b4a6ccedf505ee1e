package dev.longshore.app.query.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.testing.Eventually;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.errors.DisconnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeptKafkaTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final List<MockConsumer<byte[], byte[]>> opened = new CopyOnWriteArrayList<>();
  private final List<String> adminCalls = new CopyOnWriteArrayList<>();
  private KeptKafka kept = new KeptKafka(this::open, new KeptKafka.Times(LONG, LONG));

  private KafkaClients open(KafkaSettings kafka) {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    opened.add(consumer);
    return new KafkaClients(admin(), consumer, kafka.topicPrefix());
  }

  private Admin admin() {
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (_, method, _) -> {
              adminCalls.add(method.getName());
              return null;
            });
  }

  private static KafkaSettings at(String server) {
    return new KafkaSettings(List.of(server), "", 1, null);
  }

  @AfterEach
  void end() {
    kept.close();
  }

  @Test
  void manyQuestionsAreAskedByTheSameClients() throws Exception {
    List<KafkaClients> asked = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      var _ = kept.ask(at("kafka:9092"), clients -> asked.add(clients));
    }
    assertThat(asked).hasSize(3).containsOnly(asked.getFirst());
    assertThat(opened).singleElement().matches(consumer -> !consumer.closed());
  }

  @Test
  void whatAFailedQuestionUsedIsClosedAndOpenedAnew() throws Exception {
    assertThatThrownBy(
            () ->
                kept.ask(
                    at("kafka:9092"),
                    _ -> {
                      throw new DisconnectException("Kafka has gone");
                    }))
        .isInstanceOf(DisconnectException.class);
    assertThat(opened).singleElement().matches(MockConsumer::closed);
    assertThat(adminCalls).containsExactly("close");
    assertThat((Object) kept.ask(at("kafka:9092"), _ -> "answer")).isEqualTo("answer");
    assertThat(opened).hasSize(2);
    assertThat(opened.getLast().closed()).isFalse();
  }

  @Test
  void otherSettingsAreAnotherKafka() throws Exception {
    var _ = kept.ask(at("kafka:9092"), _ -> "one");
    var _ = kept.ask(at("other:9092"), _ -> "two");
    assertThat(opened).extracting(MockConsumer::closed).containsExactly(true, false);
  }

  @Test
  void clientsThatNobodyUsesAreClosed() throws Exception {
    kept = new KeptKafka(this::open, new KeptKafka.Times(Duration.ofMillis(50), LONG));
    var _ = kept.ask(at("kafka:9092"), _ -> "answer");
    Eventually.await("closed", opened.getFirst()::closed);
    assertThat((Object) kept.ask(at("kafka:9092"), _ -> "again")).isEqualTo("again");
  }

  @Test
  void clientsThatAreAlwaysUsedAreOpenedAnewNowAndThen() throws Exception {
    kept = new KeptKafka(this::open, new KeptKafka.Times(LONG, Duration.ZERO));
    var _ = kept.ask(at("kafka:9092"), _ -> "one");
    var _ = kept.ask(at("kafka:9092"), _ -> "two");
    assertThat(opened).extracting(MockConsumer::closed).containsExactly(true, false);
  }

  @Test
  void nothingStaysOpenAfterTheEnd() throws Exception {
    var _ =
        kept.ask(
            at("kafka:9092"),
            _ -> {
              kept.close();
              return "under way";
            });
    assertThat(opened).singleElement().matches(MockConsumer::closed);
  }
}
