package dev.longshore.runtime.kafka.link;

import static java.util.Objects.requireNonNull;

import dev.longshore.settings.WatchedFiles;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS by Kafka's own settings, with stores that are read again after a change. A client asks for an
 * engine for each new connection; open ones stay. While the files cannot be used, their previous
 * content applies.
 */
public final class FollowedCertificates implements SslEngineFactory {
  private volatile @Nullable SslEngineFactory kafkas;
  private @Nullable WatchedFiles files;

  /** For Kafka's clients, which create it. */
  public FollowedCertificates() {}

  /**
   * Reads the files.
   *
   * @throws org.apache.kafka.common.KafkaException when they cannot be used
   */
  @Override
  public void configure(Map<String, ?> settings) {
    List<Path> stores =
        Stream.of(
                SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG)
            .map(settings::get)
            .filter(Objects::nonNull)
            .map(location -> Path.of(location.toString()))
            .toList();
    files = WatchedFiles.onDemand("certificates of Kafka's", stores, () -> read(settings));
  }

  /**
   * The previous one is not closed: another thread may be about to use it, and it holds no file.
   */
  private void read(Map<String, ?> settings) {
    DefaultSslEngineFactory fresh = new DefaultSslEngineFactory();
    fresh.configure(settings);
    kafkas = fresh;
  }

  private SslEngineFactory now() {
    requireNonNull(files, "not configured").look();
    return requireNonNull(kafkas);
  }

  @Override
  public SSLEngine createClientSslEngine(String host, int port, String endpointIdentification) {
    return now().createClientSslEngine(host, port, endpointIdentification);
  }

  @Override
  public SSLEngine createServerSslEngine(String host, int port) {
    return now().createServerSslEngine(host, port);
  }

  @Override
  public boolean shouldBeRebuilt(Map<String, Object> nextSettings) {
    return now().shouldBeRebuilt(nextSettings);
  }

  @Override
  public Set<String> reconfigurableConfigs() {
    return SslConfigs.RECONFIGURABLE_CONFIGS;
  }

  @Override
  public @Nullable KeyStore keystore() {
    return now().keystore();
  }

  @Override
  public @Nullable KeyStore truststore() {
    return now().truststore();
  }

  @Override
  public void close() {}
}
