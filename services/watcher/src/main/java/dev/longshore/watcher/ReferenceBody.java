package dev.longshore.watcher;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.events.ReferenceHint;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.ForeignJson;
import java.io.IOException;
import java.util.List;

/** The body of hints that Longshore makes itself. */
final class ReferenceBody {
  private static final JsonMapper JSON =
      JsonMapper.builder(ForeignJson.factory())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          // Hints of older releases lack lists that were added since.
          .withConfigOverride(
              List.class,
              o -> o.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY, Nulls.FAIL)))
          .build();

  private ReferenceBody() {}

  static byte[] write(ReferenceHint hint) {
    try {
      return JSON.writeValueAsBytes(hint);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a reference hint is plain strings", e);
    }
  }

  static HintTarget read(RegistryHost host, byte[] body) throws MalformedHintException {
    try {
      ReferenceHint hint = JSON.readValue(body, ReferenceHint.class);
      if (hint == null
          || hint.repository() == null
          || (hint.tag() == null && hint.digest() == null)) {
        throw new MalformedHintException(
            "a reference hint needs a repository and a tag or a digest", null);
      }
      return new HintTarget(
          new RepositoryName(host, hint.repository()),
          hint.tag() == null ? null : Reference.checkTag(hint.tag()),
          hint.digest() == null ? null : Digest.parse(hint.digest()),
          false,
          hint.request());
    } catch (IOException | OciFormatException e) {
      throw new MalformedHintException("a reference hint could not be read: " + e.getMessage(), e);
    }
  }
}
