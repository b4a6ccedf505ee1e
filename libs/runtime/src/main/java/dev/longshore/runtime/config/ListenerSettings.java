package dev.longshore.runtime.config;

import org.jspecify.annotations.Nullable;

/** One HTTP listener and who may use it. */
public record ListenerSettings(
    @Setting(doc = "address and port to listen on") Listen listen,
    @Setting(
            doc =
                "what callers must show, for reads too; needed for every address that is not"
                    + " loopback")
        @Nullable CredentialSettings credentials) {

  public ListenerSettings {
    if (credentials == null && !listen.loopback()) {
      throw new IllegalArgumentException(
          "listen: "
              + listen
              + " can be reached from other machines and asks nobody who they are: add credentials,"
              + " or listen on 127.0.0.1");
    }
  }
}
