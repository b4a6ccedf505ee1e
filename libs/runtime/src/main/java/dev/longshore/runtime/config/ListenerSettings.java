package dev.longshore.runtime.config;

import org.jspecify.annotations.Nullable;

/** One HTTP listener and who may use it. */
public record ListenerSettings(
    @Setting(doc = "address and port to listen on") Listen listen,
    @Setting(
            doc =
                "what callers must show, for reads too; needed for every address that is not"
                    + " loopback")
        @Nullable CredentialSettings credentials,
    @Setting(value = "false", doc = "let everybody in who reaches an address that is not loopback")
        boolean allowAnonymous) {

  public ListenerSettings {
    if (credentials == null && !allowAnonymous && !listen.loopback()) {
      throw new IllegalArgumentException(
          "listen: "
              + listen
              + " can be reached from other machines and asks nobody who they are: add credentials,"
              + " listen on 127.0.0.1, or set allow-anonymous where its network lets no stranger in");
    }
  }

  /** A listener that strangers reach only with credentials. */
  public ListenerSettings(Listen listen, @Nullable CredentialSettings credentials) {
    this(listen, credentials, false);
  }
}
