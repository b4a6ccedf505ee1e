package dev.longshore.runtime.config;

import dev.longshore.settings.Setting;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a JSON notification says what happened. Places are JSON pointers (RFC 6901). */
public record JsonMapping(
    @Setting(doc = "place of a base64 text that holds the real body, such as /message/data")
        @Nullable String wrapped,
    @Setting(doc = "place of the list of events; without it the body is one event, or their list")
        @Nullable String events,
    @Setting(doc = "place of the repository in an event") @Nullable String repository,
    @Setting(doc = "place of the tag, or of a list of tags") @Nullable String tag,
    @Setting(doc = "place of the digest") @Nullable String digest,
    @Setting(
            value = "[]",
            doc = "places of whole names, such as HOST/REPOSITORY:TAG, in place of the three above")
        List<String> references,
    @Setting(doc = "place of what happened; without it every event is a push")
        @Nullable String action,
    @Setting(value = "[]", doc = "actions that mean a push") List<String> push,
    @Setting(value = "[]", doc = "actions that mean a deletion") List<String> delete,
    @Setting(value = "[ping]", doc = "actions that mean nothing") List<String> ignore,
    @Setting(doc = "header that shows the secret itself") @Nullable String secretHeader,
    @Setting(doc = "header with an HMAC of the body in hexadecimal, SHA-256 or SHA-1")
        @Nullable String signatureHeader) {

  /** RFC 6901; possessive, so that it stays linear. */
  private static final Pattern POINTER = Pattern.compile("(?:/(?:[^/~]|~[01])*+)*+");

  public JsonMapping {
    references = List.copyOf(references);
    push = List.copyOf(push);
    delete = List.copyOf(delete);
    ignore = List.copyOf(ignore);
    check("wrapped", wrapped);
    check("events", events);
    check("repository", repository);
    check("tag", tag);
    check("digest", digest);
    check("action", action);
    references.forEach(place -> check("references", place));
    boolean parts = repository != null && (tag != null || digest != null);
    if (parts == !references.isEmpty()) {
      throw new IllegalArgumentException(
          "expected repository with tag or digest, or references, and not both");
    }
    if (action != null && push.isEmpty() && delete.isEmpty()) {
      throw new IllegalArgumentException(
          "action: no value of it would mean anything (expected: push and delete with its values)");
    }
    if (action == null && !(push.isEmpty() && delete.isEmpty())) {
      throw new IllegalArgumentException(
          "action: is missing, and push and delete are values of it");
    }
    if (secretHeader != null && secretHeader.toLowerCase(Locale.ROOT).equals("authorization")) {
      throw new IllegalArgumentException(
          "secret-header: Authorization needs no setting (expected: Bearer and the secret in it)");
    }
  }

  private static void check(String key, @Nullable String place) {
    // Not with Jackson: short commands read settings without loading it.
    if (place != null && !POINTER.matcher(place).matches()) {
      throw new IllegalArgumentException(
          key + ": \"" + place + "\" (expected: a JSON pointer such as /target/repository)");
    }
  }
}
