package dev.longshore.ipfs.kubo;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/**
 * Where a Kubo node is.
 *
 * @param name what it is called in settings, logs and errors
 * @param rpc {@code http} or {@code https} address of its RPC, without {@code /api/v0}
 * @param gateway the same of its gateway
 * @param login credential for the RPC, as it is now
 * @param tls makes connections to {@code https} addresses
 */
public record KuboAddress(
    String name, URI rpc, URI gateway, Supplier<RpcCredential> login, SSLSocketFactory tls) {
  public KuboAddress {
    requireHttp("rpc", rpc);
    requireHttp("gateway", gateway);
  }

  /** A node whose certificates, if it has any, the Java runtime believes. */
  public KuboAddress(String name, URI rpc, URI gateway, RpcCredential credential) {
    this(name, rpc, gateway, credential, (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  /** A node whose credential stays. */
  public KuboAddress(
      String name, URI rpc, URI gateway, RpcCredential credential, SSLSocketFactory tls) {
    this(name, rpc, gateway, () -> credential, tls);
  }

  RpcCredential credential() {
    return login.get();
  }

  private static void requireHttp(String what, URI uri) {
    String scheme = Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
    if (uri.getHost() == null
        || uri.getRawUserInfo() != null
        || !(scheme.equals("http") || scheme.equals("https"))) {
      // The text is left out: it may hold a password.
      throw new IllegalArgumentException(
          what + " address (expected: http://HOST:PORT or https://HOST:PORT, without a user)");
    }
  }
}
