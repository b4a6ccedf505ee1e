package dev.longshore.ipfs.kubo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.ipfs.node.SwarmPrivacy;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivacyCheckTest {
  private static final String CLOSED =
      "{\"Routing\":{\"Type\":\"none\"},\"Bootstrap\":[],\"Discovery\":{\"MDNS\":{\"Enabled\":false}}}";
  private static final List<String> LOOPBACK = List.of("/ip4/127.0.0.1/tcp/4101/p2p/12D3");

  private static SwarmPrivacy check(String config, List<String> addresses, SwarmKeyEvidence key)
      throws IOException {
    return new PrivacyCheck(new ObjectMapper().readTree(config), addresses, key).result();
  }

  private static List<String> findings(SwarmPrivacy privacy) {
    assertThat(privacy).isInstanceOf(SwarmPrivacy.Public.class);
    return ((SwarmPrivacy.Public) privacy).findings();
  }

  @Test
  void takesTheSettingsThatWeWrite() throws IOException {
    KuboSettings settings =
        new KuboSettings(
            KuboIdentity.generate(), KuboPorts.loopback(1, 2, 3), "1GB", Optional.empty());

    assertThat(check(settings.config(), LOOPBACK, SwarmKeyEvidence.PRESENT).isPrivate()).isTrue();
    assertThat(check(settings.config(), LOOPBACK, SwarmKeyEvidence.UNKNOWN).isPrivate()).isTrue();
  }

  @Test
  void namesEverythingThatIsOpenInKubosDefaults() throws IOException {
    String defaults =
        "{\"Routing\":{},\"Bootstrap\":[\"auto\"],\"Discovery\":{\"MDNS\":{\"Enabled\":true}}}";

    assertThat(findings(check(defaults, List.of("/ip4/8.8.8.8/tcp/4001"), SwarmKeyEvidence.ABSENT)))
        .hasSize(4)
        .anyMatch(f -> f.startsWith("Routing.Type is auto"))
        .anyMatch(f -> f.startsWith("Bootstrap"))
        .anyMatch(f -> f.startsWith("Discovery.MDNS"))
        .anyMatch(f -> f.contains("no swarm.key and reachable at /ip4/8.8.8.8/tcp/4001"));
  }

  @Test
  void letsHoldersOfAKeyFindEachOther() throws IOException {
    String config =
        "{\"Routing\":{\"Type\":\"dht\"},\"Bootstrap\":[\"/dns4/hub/tcp/4001/p2p/12D3\"]}";
    List<String> open = List.of("/ip4/8.8.8.8/tcp/4001");

    assertThat(check(config, open, SwarmKeyEvidence.PRESENT).isPrivate()).isTrue();
    assertThat(findings(check(config, open, SwarmKeyEvidence.UNKNOWN))).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "autoclient", "delegated", "custom"})
  void refusesRoutersBeyondTheSwarmWhateverTheKey(String type) throws IOException {
    String config = "{\"Routing\":{\"Type\":\"" + type + "\"},\"Bootstrap\":[]}";

    assertThat(findings(check(config, LOOPBACK, SwarmKeyEvidence.PRESENT))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ip4/127.0.0.1/tcp/4001",
        "/ip4/10.1.2.3/tcp/4001",
        "/ip4/172.16.0.9/udp/4001/quic-v1",
        "/ip4/192.168.1.1/tcp/4001",
        "/ip6/::1/tcp/4001",
        "/ip6/fd00::1/tcp/4001",
        "/ip6/fe80::1/tcp/4001",
      })
  void takesPrivateAddresses(String address) throws IOException {
    assertThat(check(CLOSED, List.of(address), SwarmKeyEvidence.UNKNOWN).isPrivate()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ip4/203.0.113.5/tcp/4001",
        "/ip6/2001:db8::1/tcp/4001",
        "/dns4/node.example/tcp/4001",
        "/ip4/10.0.0.1/tcp/4001/p2p/12D3/p2p-circuit",
        "nonsense",
      })
  void findsAddressesThatStrangersReach(String address) throws IOException {
    assertThat(findings(check(CLOSED, List.of(address), SwarmKeyEvidence.ABSENT))).hasSize(1);
    assertThat(check(CLOSED, List.of(address), SwarmKeyEvidence.PRESENT).isPrivate()).isTrue();
  }
}
