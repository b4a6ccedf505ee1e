package dev.longshore.runtime.kafka.link;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import javax.security.auth.login.LoginException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Explains a Kafka client's failure to operators: what came back, and what to do. Kafka's clients
 * bury the first in nested causes, and do not say the second.
 */
public final class KafkaFailure {
  private static final String FILE = " in the file of kafka.client-properties";

  /** What to do if Kafka does not answer. */
  public static final String NO_ANSWER =
      "is it running, and does it speak what security.protocol" + FILE + " says?";

  private static final String TLS =
      "check ssl.truststore.location, which holds the authority of the brokers' certificates, the"
          + " names in kafka.bootstrap-servers, which these must carry, and ssl.keystore.location,"
          + " if brokers ask for a certificate,"
          + FILE;
  private static final String LOGIN =
      "check sasl.mechanism, and user and password in sasl.jaas.config," + FILE;
  private static final String TOKEN =
      "check client id and secret in sasl.jaas.config, and sasl.oauthbearer.token.endpoint.url,"
          + FILE;
  private static final String RIGHTS = "give the rights that 'longshore topics' prints";

  /** Exceptions that describe only the client; their cause has the reason. */
  private static final Pattern NO_REASON = Pattern.compile("Failed to (construct|create) .*");

  private static final Pattern CLASS_NAMES =
      Pattern.compile("^((?:[a-z0-9_]+\\.)+[A-Z]\\w*(?:: |$))+");

  private KafkaFailure() {}

  /** One sentence: the reasons from the outermost to the innermost, then what to do, if known. */
  public static String words(Throwable failure) {
    List<Throwable> chain = chain(failure);
    String reasons = reasons(chain);
    return chain.stream()
        .map(KafkaFailure::advice)
        .flatMap(Optional::stream)
        .findFirst()
        .filter(advice -> !reasons.contains(advice))
        .map(advice -> reasons + "; " + advice)
        .orElse(reasons);
  }

  /** Whether Kafka refused the login or a right, and will until somebody changes it. */
  public static boolean isRefusal(Throwable failure) {
    return chain(failure).stream()
        .anyMatch(
            one -> one instanceof AuthenticationException || one instanceof AuthorizationException);
  }

  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    Throwable next = failure;
    while (next != null && !chain.contains(next)) {
      chain.add(next);
      next = next.getCause();
    }
    return chain;
  }

  private static String reasons(List<Throwable> chain) {
    StringBuilder reasons = new StringBuilder();
    for (Throwable one : chain) {
      String message = String.valueOf(one.getMessage());
      String reason = CLASS_NAMES.matcher(message).replaceFirst("").strip();
      boolean isNews =
          !(one instanceof ExecutionException)
              && one.getMessage() != null
              && !reason.isEmpty()
              && !NO_REASON.matcher(reason).matches()
              && reasons.indexOf(reason) < 0;
      if (isNews) {
        reasons.append(reasons.isEmpty() ? "" : ": ").append(reason);
      }
    }
    return reasons.isEmpty() ? chain.getLast().getClass().getSimpleName() : reasons.toString();
  }

  private static Optional<String> advice(Throwable one) {
    return switch (one) {
      case SslAuthenticationException _ -> Optional.of(TLS);
      case AuthenticationException _ -> Optional.of(LOGIN);
      case AuthorizationException _ -> Optional.of(RIGHTS);
      case LoginException _ -> Optional.of(TOKEN);
      case TimeoutException _ -> Optional.of(NO_ANSWER);
      default -> Optional.empty();
    };
  }
}
