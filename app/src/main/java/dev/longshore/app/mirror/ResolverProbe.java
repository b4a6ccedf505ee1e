package dev.longshore.app.mirror;

import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.service.tls.TlsException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** Whether a resolver answers as it would answer the runtime. */
record ResolverProbe(MachineRoot root) {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  MirrorState.Host of(String host, MirrorRecord record) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(host + "/v2/")).timeout(LIMIT).GET();
    if (record.authorization() != null) {
      request.header("Authorization", record.authorization());
    }
    try (HttpClient client = client(record)) {
      HttpResponse<Void> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.discarding());
      return new MirrorState.Host(host, answer.statusCode() == 200, said(answer, record));
    } catch (ConnectException e) {
      return no(host, "no answer: nobody takes the connection");
    } catch (HttpTimeoutException e) {
      return no(host, "no answer within %d s".formatted(LIMIT.toSeconds()));
    } catch (IOException | TlsException e) {
      String message = e.getMessage();
      return no(host, "no answer: " + (message == null ? e.getClass().getSimpleName() : message));
    }
  }

  private static MirrorState.Host no(String host, String said) {
    return new MirrorState.Host(host, false, said);
  }

  private static String said(HttpResponse<Void> answer, MirrorRecord record) {
    return switch (answer.statusCode()) {
      case 200 ->
          "answers"
              + answer
                  .headers()
                  .firstValue("Longshore-Knowledge-Age")
                  .map(age -> "; what it knows is %s s old".formatted(age))
                  .orElse(", but does not say that it is a resolver of Longshore");
      case 401 ->
          record.authorization() == null
              ? "asks for a credential: apply again with --credential-file"
              : "refuses the credential: apply again with another --credential-file";
      default -> "answers HTTP " + answer.statusCode() + ", as no resolver does";
    };
  }

  private HttpClient client(MirrorRecord record) throws IOException {
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(LIMIT);
    if (record.ca() != null) {
      client.sslContext(
          ClientTls.of(new ClientTlsSettings(root.at(record.ca()), null, null)).context());
    }
    return client.build();
  }
}
