package dev.longshore.app;

import dev.longshore.programs.FreePorts;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.runtime.testing.PrintedRights;
import dev.longshore.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * A real Kafka that asks for certificates, for passwords or for tokens, each at a listener of its
 * own, and gives each service the rights that {@code longshore topics} prints, and no others.
 */
final class ClosedKafka implements AutoCloseable {
  static final String PREFIX = "closed.";
  static final String PASSWORD = "the-password-of-everybody";
  static final String NEXT_PASSWORD = "the-next-password-of-somebody";
  private static final String CLIENT_SECRET = "the-secret-of-every-client";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final List<String> USERS = List.of("watcher", "converter", "pinner", "cli");
  private static final int SCRAM_ITERATIONS = 4096;
  private static final String MODULES = "org.apache.kafka.common.security.";

  private final Path folder;
  private final Path shown;
  private TestAuthority authority = new TestAuthority("brokers and services");
  private final Map<Link, Integer> ports = new HashMap<>();
  private final TokenIssuer issuer;
  private final KafkaBroker broker;
  private int files;

  /** How a client proves who it is; always over TLS. */
  enum Link {
    CERTIFICATE(1),
    SCRAM(2),
    OAUTH(3);

    /** Of the image that is sent over it. */
    final int number;

    Link(int number) {
      this.number = number;
    }
  }

  ClosedKafka(Path folder) throws Exception {
    this.folder = folder;
    this.issuer = new TokenIssuer(folder, CLIENT_SECRET);
    this.shown = folder.resolve("broker.pem");
    writeCertificates();
    for (Link link : Link.values()) {
      ports.put(link, FreePorts.find());
    }
    List<String> listeners = new ArrayList<>();
    ports.forEach((link, port) -> listeners.add(link + "://127.0.0.1:" + port));
    // What a broker's administrator sets for its JVM.
    System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", issuer.keysUrl());
    this.broker =
        KafkaBroker.startWithListeners(folder.resolve("kafka"), listeners, brokerSettings());
    try (Admin admin = Admin.create(broker.connection())) {
      new TopicAdmin(admin, Topics.specs(PREFIX, (short) 1), LIMIT).createMissing();
      PrintedRights.give(admin, PREFIX);
      setPasswords(admin, USERS.stream().map(user -> password(user, PASSWORD)).toList());
    }
  }

  private static UserScramCredentialAlteration password(String user, String password) {
    return new UserScramCredentialUpsertion(
        name(user),
        new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS),
        password);
  }

  private static void setPasswords(Admin admin, List<UserScramCredentialAlteration> all)
      throws Exception {
    admin.alterUserScramCredentials(all).all().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Gives the user {@link #NEXT_PASSWORD} and drops all connections. */
  void exchangePassword(String user) throws Exception {
    try (Admin admin = Admin.create(broker.connection())) {
      setPasswords(admin, List.of(password(user, NEXT_PASSWORD)));
    }
    broker.stop();
    broker.start();
  }

  /** Has another authority sign, and be believed, from now on, and drops all connections. */
  void exchangeAuthority() throws IOException {
    broker.stop();
    authority = new TestAuthority("the next of brokers and services");
    writeCertificates();
    broker.start();
  }

  private void writeCertificates() throws IOException {
    authority.writeCertificate(folder.resolve("ca.pem"));
    writeIdentity("broker", shown);
  }

  private static String name(String user) {
    return "longshore-" + user;
  }

  private Map<String, String> brokerSettings() throws IOException {
    Map<String, String> settings = new HashMap<>();
    settings.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CERTIFICATE:SSL,SCRAM:SASL_SSL,OAUTH:SASL_SSL");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("ssl.keystore.type", "PEM");
    settings.put("ssl.keystore.location", shown.toString());
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.truststore.location", folder.resolve("ca.pem").toString());
    settings.put("listener.name.certificate.ssl.client.auth", "required");
    settings.put("ssl.principal.mapping.rules", "RULE:^CN=(.*)$/$1/");
    settings.put("listener.name.scram.sasl.enabled.mechanisms", "SCRAM-SHA-512");
    settings.put(
        "listener.name.scram.scram-sha-512.sasl.jaas.config",
        MODULES + "scram.ScramLoginModule required;");
    String oauth = "listener.name.oauth.";
    settings.put(oauth + "sasl.enabled.mechanisms", "OAUTHBEARER");
    settings.put(
        oauth + "oauthbearer.sasl.jaas.config",
        MODULES + "oauthbearer.OAuthBearerLoginModule required;");
    settings.put(
        oauth + "oauthbearer.sasl.server.callback.handler.class",
        MODULES + "oauthbearer.OAuthBearerValidatorCallbackHandler");
    settings.put(oauth + "sasl.oauthbearer.jwks.endpoint.url", issuer.keysUrl());
    settings.put(oauth + "sasl.oauthbearer.expected.issuer", TokenIssuer.NAME);
    settings.put(oauth + "sasl.oauthbearer.expected.audience", TokenIssuer.AUDIENCE);
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:ANONYMOUS");
    return settings;
  }

  /** Key and certificate in one file, as Kafka reads them. */
  private Path writeIdentity(String subject, Path to) throws IOException {
    Path certificate = folder.resolve("one.crt");
    Path key = folder.resolve("one.key");
    authority.issue(subject, certificate, key);
    return Files.writeString(to, Files.readString(key) + Files.readString(certificate));
  }

  /** Settings of a certificate with an authority in files that no other client has. */
  Properties ownFiles(String user) throws IOException {
    Properties own = properties(Link.CERTIFICATE, user);
    own.put("ssl.truststore.location", folder.resolve("ca" + files++ + ".pem").toString());
    renew(own, user);
    return own;
  }

  /** Writes what those files have to hold now. */
  void renew(Properties own, String user) throws IOException {
    authority.writeCertificate(Path.of(own.getProperty("ssl.truststore.location")));
    writeIdentity(name(user), Path.of(own.getProperty("ssl.keystore.location")));
  }

  /** Settings of one who may come in, as a user of Longshore writes them. */
  KafkaSettings of(Link link, String user) throws IOException {
    return settings(link, properties(link, user), List.of(issuer.url()));
  }

  /** The same with other properties of Kafka's client, or other addresses for tokens. */
  KafkaSettings settings(Link link, Properties properties, List<String> oauthUrls)
      throws IOException {
    Path file = folder.resolve("client" + files++ + ".properties");
    write(properties, file);
    return new KafkaSettings(
        List.of("127.0.0.1:" + ports.get(link)), PREFIX, null, null, file, false, oauthUrls);
  }

  /** Writes the properties of a client. */
  static void write(Properties properties, Path file) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
  }

  Properties properties(Link link, String user) throws IOException {
    Properties properties = new Properties();
    properties.put("ssl.truststore.type", "PEM");
    properties.put("ssl.truststore.location", folder.resolve("ca.pem").toString());
    switch (link) {
      case CERTIFICATE -> {
        properties.put("security.protocol", "SSL");
        properties.put("ssl.keystore.type", "PEM");
        Path identity = folder.resolve("identity" + files++ + ".pem");
        properties.put("ssl.keystore.location", writeIdentity(name(user), identity).toString());
      }
      case SCRAM -> {
        properties.put("security.protocol", "SASL_SSL");
        properties.put("sasl.mechanism", "SCRAM-SHA-512");
        properties.put("sasl.jaas.config", scram(user, PASSWORD));
      }
      case OAUTH -> {
        properties.put("security.protocol", "SASL_SSL");
        properties.put("sasl.mechanism", "OAUTHBEARER");
        properties.put(
            "sasl.login.callback.handler.class",
            MODULES + "oauthbearer.OAuthBearerLoginCallbackHandler");
        properties.put("sasl.oauthbearer.token.endpoint.url", issuer.url());
        properties.put("sasl.jaas.config", oauth(user, CLIENT_SECRET));
      }
    }
    return properties;
  }

  static String scram(String user, String password) {
    return MODULES
        + "scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(name(user), password);
  }

  static String oauth(String user, String secret) {
    return MODULES
        + "oauthbearer.OAuthBearerLoginModule required clientId=\"%s\" clientSecret=\"%s\";"
            .formatted(name(user), secret);
  }

  /** An authority that has nothing to do with the broker. */
  Path strangersAuthority() throws IOException {
    return new TestAuthority("strangers").writeCertificate(folder.resolve("strangers.pem"));
  }

  /** What must stand in no message and no log. */
  List<String> secrets() {
    List<String> secrets = new ArrayList<>(issuer.issued());
    secrets.addAll(List.of(PASSWORD, NEXT_PASSWORD, CLIENT_SECRET));
    return secrets;
  }

  @Override
  public void close() {
    broker.close();
    issuer.close();
    System.clearProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls");
  }
}
