package dev.longshore.app.parts;

import java.io.IOException;

/** Writes the settings of a development run as a file that people can read and start from. */
public final class DevelopmentConfig {
  private final DevelopmentHome home;
  private final Ports ports;
  private final boolean hub;
  private final String rules;

  public DevelopmentConfig(DevelopmentHome home, Ports ports) {
    this(home, ports, false, "");
  }

  /**
   * @param hub whether sites may join
   * @param rules a section of rules as YAML, or nothing
   */
  public DevelopmentConfig(DevelopmentHome home, Ports ports, boolean hub, String rules) {
    this.home = home;
    this.ports = ports;
    this.hub = hub;
    this.rules = rules;
  }

  /** Writes {@link DevelopmentHome#config}. */
  public void write() throws PartFailedException {
    // A file named by the settings must exist when they are read.
    home.webhookToken();
    try {
      OwnerFiles.write(home.config(), yaml());
    } catch (IOException e) {
      throw new PartFailedException(
          "%s could not be written: %s".formatted(home.config(), e.getMessage()), e);
    }
  }

  String yaml() {
    StringBuilder peers = new StringBuilder();
    for (int n = 1; n <= Ports.PEERS; n++) {
      peers.append(
          """
            - name: peer-%d
              zone: zone-%d
              rpc: http://127.0.0.1:%d
              gateway: http://127.0.0.1:%d
          """
              .formatted(n, n, ports.kuboRpc(n), ports.kuboGateway(n)));
    }
    return """
    # Settings of the development run in this folder; written anew at each start.
    # Copy it to begin a longshore.yaml of your own.
    home: %s
    kafka:
      bootstrap-servers: ["127.0.0.1:%d"]
    registries:
      - name: local
        host: localhost:%d
        url: http://127.0.0.1:%d
        aliases: ["127.0.0.1:%d"]
        poll:
          interval: 5m
          repositories: ["**"]
    peers:
    %swatcher:
      webhooks:
        listen: 127.0.0.1:%d
        credentials:
          token-file: %s
    converter:
      ingest-peer: peer-1
    pinner:
      listen: 127.0.0.1:%d
      grpc-listen: 127.0.0.1:%d
    resolver:
      listen: 127.0.0.1:%d
      grpc-listen: 127.0.0.1:%d
      default-registry: localhost:%d
      kubo:
        name: resolver
        rpc: http://127.0.0.1:%d
        gateway: http://127.0.0.1:%d
      kubo-repository: %s
    health:
      listen: 127.0.0.1:%d
    ops:
      listen: 127.0.0.1:%d
    """
            .formatted(
                quoted(home.folder().toString()),
                ports.kafka(),
                ports.registry(),
                ports.registry(),
                ports.registry(),
                peers,
                ports.webhooks(),
                quoted(home.webhookTokenFile().toString()),
                ports.pinner(),
                ports.pinnerGrpc(),
                ports.resolver(),
                ports.resolverGrpc(),
                ports.registry(),
                ports.kuboRpc(0),
                ports.kuboGateway(0),
                quoted(home.kubo(0).toString()),
                ports.health(),
                ports.ops())
        + (hub ? sites() : "")
        + rules;
  }

  private String sites() {
    return """
    sites:
      url: http://127.0.0.1:%d
      signing-key-file: %s
      groups:
        - name: %s
          rules:
            - repositories: ["**"]
    """
        .formatted(ports.resolver(), quoted(home.signingKey().toString()), DevelopmentHome.SITES);
  }

  /** A YAML scalar in single quotes, in which only the quote itself has a meaning. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
