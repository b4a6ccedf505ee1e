package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import java.io.IOException;
import java.util.function.Function;

/**
 * The model's values as JSON: each is a text, a repository two of them. Reads any text: refusing
 * one would skip its record and lose its state.
 */
final class ModelModule extends SimpleModule {
  private static final long serialVersionUID = 1L;

  ModelModule() {
    text(Cid.class, Cid::stored);
    text(Digest.class, Digest::stored);
    text(ImageDag.class, ImageDag::stored);
    text(ModeName.class, ModeName::new);
    text(PeerName.class, PeerName::new);
    text(Recipe.class, Recipe::new);
    text(RootCid.class, RootCid::stored);
    text(SiteName.class, SiteName::new);
    text(Tag.class, Tag::new);
    setMixInAnnotation(RepositoryName.class, RepositoryFields.class);
  }

  private <T> void text(Class<T> type, Function<String, T> reader) {
    addSerializer(type, ToStringSerializer.instance);
    addDeserializer(type, new TextReader<>(type, reader));
  }

  /** Accepts only strings. */
  private static final class TextReader<T> extends StdScalarDeserializer<T> {
    private static final long serialVersionUID = 1L;

    private final Class<T> type;
    private final transient Function<String, T> reader;

    TextReader(Class<T> type, Function<String, T> reader) {
      super(type);
      this.type = type;
      this.reader = reader;
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      return parser.hasToken(JsonToken.VALUE_STRING)
          ? reader.apply(parser.getText())
          : type.cast(context.handleUnexpectedToken(type, parser));
    }
  }

  /**
   * Registry and repository, within a record or as a separate object; uses only annotated fields.
   */
  @JsonPropertyOrder({"registry", "repository"})
  private abstract static class RepositoryFields {
    @JsonCreator
    static RepositoryName stored(
        @JsonProperty("registry") String registry, @JsonProperty("repository") String repository) {
      return RepositoryName.stored(registry, repository);
    }

    @JsonProperty
    abstract String registry();

    @JsonProperty
    abstract String repository();
  }
}
