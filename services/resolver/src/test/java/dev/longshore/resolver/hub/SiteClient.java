package dev.longshore.resolver.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import dev.longshore.events.MalformedEventException;
import dev.longshore.model.SiteName;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.End;
import dev.longshore.sites.Group;
import dev.longshore.sites.Kind;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.SiteJson;
import dev.longshore.sites.SitePaths;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A site by the words of the contract: it applies what a signature covers, and nothing else. */
final class SiteClient {
  private final RunningHub hub;
  private final String site;

  /** What names show, by key. */
  final SortedMap<String, NameChange> names = new TreeMap<>();

  private final Set<String> snapshot = new HashSet<>();
  @Nullable String cursor;

  SiteClient(RunningHub hub, String site) {
    this.hub = hub;
    this.site = site;
  }

  /** Lines up to a signature. */
  record Section(List<ChangeLine> lines) {
    /** The site's group, which is said here. */
    Group group() {
      return lines.stream()
          .map(ChangeLine::group)
          .filter(Objects::nonNull)
          .findFirst()
          .orElseThrow();
    }

    End end() {
      End end = lines.getLast().end();
      assertThat(end).as("last line before a signature").isNotNull();
      return end;
    }

    List<NameChange> changes() {
      return lines.stream().map(ChangeLine::change).filter(c -> c != null).toList();
    }

    List<String> dropped() {
      return lines.stream().map(ChangeLine::dropped).filter(d -> d != null).toList();
    }
  }

  static String path(String site, @Nullable String after, int wait) {
    return SitePaths.changes(new SiteName(site))
        + "?wait="
        + wait
        + "s"
        + (after == null ? "" : "&after=" + URLEncoder.encode(after, StandardCharsets.UTF_8));
  }

  HttpResponse<byte[]> ask(int wait, String... headers) throws Exception {
    return hub.post(site, path(site, cursor, wait), new byte[0], headers);
  }

  /** The sections of an answer, whose signatures hold. */
  List<Section> sections(HttpResponse<byte[]> answer) throws Exception {
    assertThat(answer.statusCode())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    return sections(decoded(answer), hub.keys.getPublic());
  }

  private static byte[] decoded(HttpResponse<byte[]> answer) throws IOException {
    String coding = answer.headers().firstValue("Content-Encoding").orElse("");
    var in = new ByteArrayInputStream(answer.body());
    return switch (coding) {
      case "gzip" -> new GZIPInputStream(in).readAllBytes();
      case "zstd" -> new ZstdInputStream(in).readAllBytes();
      default -> answer.body();
    };
  }

  private static List<Section> sections(byte[] body, PublicKey key)
      throws MalformedEventException, GeneralSecurityException {
    List<Section> sections = new ArrayList<>();
    List<ChangeLine> lines = new ArrayList<>();
    int begin = 0;
    int at = 0;
    while (at < body.length) {
      int feed = at;
      while (body[feed] != '\n') {
        feed++;
      }
      ChangeLine line = SiteJson.read(Arrays.copyOfRange(body, at, feed), ChangeLine.class);
      if (line.signature() == null) {
        lines.add(line);
      } else {
        byte[] signed = Arrays.copyOfRange(body, begin, at);
        Signature check = Signature.getInstance("Ed25519");
        check.initVerify(key);
        check.update(signed);
        assertThat(check.verify(Base64.getUrlDecoder().decode(line.signature()))).isTrue();
        assertThat(lines.size() + 1).isLessThanOrEqualTo(ChangeLine.SIGNED);
        sections.add(new Section(List.copyOf(lines)));
        lines.clear();
        begin = feed + 1;
      }
      at = feed + 1;
    }
    assertThat(lines).as("after the last signature").isEmpty();
    Group group = sections.getFirst().lines().getFirst().group();
    assertThat(group).as("first line").isNotNull();
    return sections;
  }

  void apply(Section section) {
    End end = section.end();
    assertThat(end.site().text()).isEqualTo(site);
    if (end.kind() == Kind.SNAPSHOT && end.from() == null) {
      snapshot.clear();
    } else {
      assertThat(end.from()).isEqualTo(cursor);
    }
    for (ChangeLine line : section.lines()) {
      if (line.dropped() != null) {
        names.remove(line.dropped());
      }
      NameChange change = line.change();
      if (change != null) {
        String key = change.served().key();
        snapshot.add(key);
        if (change.served().removed() == null) {
          names.put(key, change);
        } else {
          names.remove(key);
        }
      }
    }
    if (end.kind() == Kind.SNAPSHOT && end.whole()) {
      names.keySet().retainAll(snapshot);
    }
    cursor = end.to();
  }

  /** Asks once, and applies all of the answer. */
  List<Section> poll() throws Exception {
    List<Section> sections = sections(ask(0));
    sections.forEach(this::apply);
    return sections;
  }

  /** Asks until nothing is missing. */
  void catchUp() throws Exception {
    List<Section> answer;
    do {
      answer = poll();
    } while (!answer.getLast().end().whole() || answer.getLast().end().kind() == Kind.SNAPSHOT);
  }
}
