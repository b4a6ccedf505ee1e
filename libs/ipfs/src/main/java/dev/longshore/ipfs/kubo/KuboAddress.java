package dev.longshore.ipfs.kubo;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/**
 * The addresses of a Kubo node.
 *
 * @param name its name in settings, logs and errors
 * @param rpc {@code http} or {@code https} address of its RPC, without {@code /api/v0}
 * @param gateway the same of its gateway
 * @param login supplies the current credential for the RPC
 * @param tls makes connections to {@code https} addresses
 */
public record KuboAddress(
    String name, URI rpc, URI gateway, Supplier<RpcCredential> login, SSLSocketFactory tls) {
  public KuboAddress {
    requireHttp("rpc", rpc);
    requireHttp("gateway", gateway);
  }

  /** A node whose certificates, if any, the Java runtime trusts. */
  public KuboAddress(String name, URI rpc, URI gateway, RpcCredential credential) {
    this(name, rpc, gateway, credential, (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  /** A node with a fixed credential. */
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
      // The message omits the address: it may hold a password.
      throw new IllegalArgumentException(
          what + " address (expected: http://HOST:PORT or https://HOST:PORT, without a user)");
    }
  }
}
