package dev.longshore.app.query.http;

import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Proof;
import dev.longshore.model.Mode;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Scope;

/** Who may have answers that cover every image. */
public final class EveryImage {
  private EveryImage() {}

  /** Refuses callers who may see only some. */
  public static void require(Caller caller) throws HttpFailure {
    if (!caller.rights().everywhere(Scope.LOOK_UP)) {
      throw HttpFailure.denied(
          caller.name()
              + " may not do this: it covers every image, and needs scope look-up of all"
              + " repositories in addition to pins; /v1/resolve of the resolver answers within a"
              + " limit");
    }
  }

  /** Refuses strangers, too, if any image is encrypted. */
  public static void require(Caller caller, Settings settings, Catalog catalog) throws HttpFailure {
    require(caller);
    if (caller.proof() == Proof.NONE && tellsOfEncrypted(settings, catalog)) {
      throw HttpFailure.denied(
          "some images are encrypted, and strangers must not learn which plain ones they are;"
              + " add credentials or tokens-file to the listener");
    }
  }

  private static boolean tellsOfEncrypted(Settings settings, Catalog catalog) {
    return settings.shared().rules().stream().anyMatch(r -> r.modes().contains(Mode.ENCRYPTED))
        || catalog.conversions().hasAny(Mode.ENCRYPTED);
  }
}
