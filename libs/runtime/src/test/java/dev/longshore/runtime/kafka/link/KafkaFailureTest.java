package dev.longshore.runtime.kafka.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLHandshakeException;
import javax.security.auth.login.LoginException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class KafkaFailureTest {
  @Test
  void aHandshakeIsToldWithItsReasonAndWhereTheAuthoritiesAreSet() {
    Throwable failure =
        new ExecutionException(
            new SslAuthenticationException(
                "SSL handshake failed", new SSLHandshakeException("no trust anchor")));
    assertThat(KafkaFailure.words(failure))
        .startsWith("SSL handshake failed: no trust anchor; check ssl.truststore.location")
        .endsWith("in the file of kafka.client-properties");
  }

  @Test
  void aRefusedLoginAndAMissingRightSayWhatToDo() {
    assertThat(KafkaFailure.words(new SaslAuthenticationException("invalid credentials")))
        .startsWith("invalid credentials; check sasl.mechanism, and user and password");
    assertThat(KafkaFailure.words(new TopicAuthorizationException("Not authorized: [tags]")))
        .isEqualTo("Not authorized: [tags]; give the rights that 'longshore topics' prints");
  }

  @Test
  void whatAClientSaysOfItselfIsLeftOutForTheReason() {
    Throwable login = new LoginException("401 of the token endpoint");
    Throwable failure =
        new KafkaException("Failed to construct kafka consumer", new KafkaException(login));
    assertThat(KafkaFailure.words(failure))
        .startsWith("401 of the token endpoint; check client id and secret");
  }

  @Test
  void nothingIsSaidTwice() {
    String once = KafkaFailure.words(new TimeoutException("no answer"));
    assertThat(KafkaFailure.words(new KafkaException(once, new TimeoutException("no answer"))))
        .isEqualTo(once);
  }

  @Test
  void aFailureWithoutWordsIsNamed() {
    assertThat(KafkaFailure.words(new IllegalStateException())).isEqualTo("IllegalStateException");
  }
}
