package dev.longshore.runtime.grpc;

import dev.longshore.runtime.config.Credentials;
import dev.longshore.runtime.config.Secret;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/** Lets calls in that show the credential, in metadata {@code authorization} as HTTP has it. */
final class CredentialCheck implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Secret expected;

  CredentialCheck(Credentials credentials) {
    this.expected =
        new Secret(
            switch (credentials) {
              case Credentials.Basic(String username, Secret password) ->
                  "basic " + base64(username + ":" + password.reveal());
              case Credentials.Bearer(Secret token) -> "bearer " + token.reveal();
            });
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String shown = headers.get(AUTHORIZATION);
    if (shown != null && expected.matches(normal(shown))) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.UNAUTHENTICATED.withDescription(
            shown == null ? "credentials are needed" : "these credentials are not accepted"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** The scheme's case does not matter. */
  private static String normal(String shown) {
    int space = Math.max(shown.indexOf(' '), 0);
    return shown.substring(0, space).toLowerCase(Locale.ROOT) + shown.substring(space);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
