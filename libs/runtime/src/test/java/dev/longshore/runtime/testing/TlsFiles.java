package dev.longshore.runtime.testing;

import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.settings.value.Listen;
import dev.longshore.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of a server and of one who calls it, by one authority, as files.
 *
 * @param folder has {@code server} and {@code caller}, each as {@code .pem} and {@code .key}
 * @param ca the authority's own
 */
public record TlsFiles(TestAuthority authority, Path folder, Path ca) {
  /** Writes the files. */
  public static TlsFiles write(Path folder) throws IOException {
    TestAuthority authority = new TestAuthority("Authority");
    TlsFiles files =
        new TlsFiles(authority, folder, authority.writeCertificate(folder.resolve("ca.pem")));
    files.issue(authority, "server");
    files.issue(authority, "caller");
    return files;
  }

  /** Has an authority sign a new certificate, which shows its file's name. */
  public void issue(TestAuthority by, String name) throws IOException {
    by.issue(name, file(name + ".pem"), file(name + ".key"));
  }

  public Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * The server's certificate.
   *
   * @param clientCa whose certificates callers must show; nobody needs one if none
   */
  public ServerTlsSettings server(@Nullable Path clientCa) {
    return new ServerTlsSettings(file("server.pem"), file("server.key"), clientCa);
  }

  /** A listener on loopback with that certificate and without credentials. */
  public ListenerSettings listener(@Nullable Path clientCa) {
    return new ListenerSettings(
        new Listen("127.0.0.1", 0), new AccessSettings(null, false, server(clientCa), false));
  }

  /** Who believes the authority and shows nothing. */
  public ClientTlsSettings stranger() {
    return new ClientTlsSettings(ca, null, null);
  }

  /** Who believes the authority and shows the caller's certificate. */
  public ClientTlsSettings caller() {
    return new ClientTlsSettings(ca, file("caller.pem"), file("caller.key"));
  }
}
