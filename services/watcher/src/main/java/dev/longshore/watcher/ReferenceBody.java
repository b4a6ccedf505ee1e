package dev.longshore.watcher;

import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.ReferenceHint;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;

/** The body of hints that Longshore makes itself. */
final class ReferenceBody {
  private ReferenceBody() {}

  static byte[] write(ReferenceHint hint) {
    try {
      return EventJson.writeReference(hint);
    } catch (MalformedEventException e) {
      throw new IllegalStateException("a reference hint is a few short texts", e);
    }
  }

  static HintTarget read(RegistryHost host, byte[] body) throws MalformedHintException {
    try {
      ReferenceHint hint = EventJson.readReference(body);
      if (hint.tag() == null && hint.digest() == null) {
        throw new MalformedHintException("a reference hint needs a tag or a digest", null);
      }
      return new HintTarget(
          new RepositoryName(host, hint.repository()),
          hint.tag() == null ? null : hint.tag().checked(),
          hint.digest() == null ? null : hint.digest().checked(),
          false,
          null,
          hint.request());
    } catch (MalformedEventException | OciFormatException e) {
      throw new MalformedHintException("a reference hint could not be read: " + e.getMessage(), e);
    }
  }
}
