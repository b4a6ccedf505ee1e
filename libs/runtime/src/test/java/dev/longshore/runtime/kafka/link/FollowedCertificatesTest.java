package dev.longshore.runtime.kafka.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.testing.TlsFiles;
import dev.longshore.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedCertificatesTest {
  @TempDir Path folder;
  private TlsFiles files;
  private Path believed;
  private Path shown;
  private final FollowedCertificates certificates = new FollowedCertificates();

  @BeforeEach
  void write() throws Exception {
    files = TlsFiles.write(folder);
    believed = files.ca();
    shown = folder.resolve("identity.pem");
    show("caller");
  }

  /** Key and certificate in one file, as Kafka reads them. */
  private void show(String name) throws IOException {
    Path next = folder.resolve("next.pem");
    Files.writeString(
        next,
        Files.readString(files.file(name + ".key")) + Files.readString(files.file(name + ".pem")));
    Files.move(next, shown, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private void configure() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
    settings.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, believed.toString());
    settings.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
    settings.put(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, shown.toString());
    ConfigDef kafkas = new ConfigDef();
    SslConfigs.addClientSslSupport(kafkas);
    Map<String, Object> whole = new HashMap<>(kafkas.parse(settings));
    certificates.configure(whole);
  }

  private static List<String> subjects(KeyStore store) throws KeyStoreException {
    return Collections.list(store.aliases()).stream().map(alias -> subject(store, alias)).toList();
  }

  private static String subject(KeyStore store, String alias) {
    try {
      return ((X509Certificate) store.getCertificate(alias)).getSubjectX500Principal().getName();
    } catch (KeyStoreException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theNextConnectionIsMadeWithWhatTheFilesHoldByThen() throws Exception {
    configure();
    var before = certificates.createClientSslEngine("localhost", 9092, "https");
    assertThat(subjects(certificates.truststore())).containsExactly("CN=Authority");
    assertThat(subjects(certificates.keystore())).containsExactly("CN=caller");

    TestAuthority next = new TestAuthority("Next");
    next.writeCertificate(believed);
    files.issue(next, "renewed");
    show("renewed");

    var after = certificates.createClientSslEngine("localhost", 9092, "https");
    assertThat(after).isNotSameAs(before);
    assertThat(subjects(certificates.truststore())).containsExactly("CN=Next");
    assertThat(subjects(certificates.keystore())).containsExactly("CN=renewed");
  }

  @Test
  void namesAreCheckedStill() {
    configure();

    var engine = certificates.createClientSslEngine("localhost", 9092, "https");

    assertThat(engine.getUseClientMode()).isTrue();
    assertThat(engine.getPeerHost()).isEqualTo("localhost");
    assertThat(engine.getSSLParameters().getEndpointIdentificationAlgorithm()).isEqualTo("https");
  }

  @Test
  void whatWasReadBeforeStaysWhileAFileCannotBeUsed() throws Exception {
    configure();
    Files.writeString(shown, "half of a ke");
    Files.delete(believed);

    var engine = certificates.createClientSslEngine("localhost", 9092, "https");

    assertThat(engine).isNotNull();
    assertThat(subjects(certificates.truststore())).containsExactly("CN=Authority");
    assertThat(subjects(certificates.keystore())).containsExactly("CN=caller");

    files.authority().writeCertificate(believed);
    files.issue(files.authority(), "renewed");
    show("renewed");
    assertThat(subjects(certificates.keystore())).containsExactly("CN=renewed");
  }

  @Test
  void aFileThatCannotBeUsedAtTheStartIsRefused() throws Exception {
    Files.delete(believed);

    assertThatThrownBy(this::configure)
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining(believed.toString());
  }
}
