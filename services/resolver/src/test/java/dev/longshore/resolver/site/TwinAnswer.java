package dev.longshore.resolver.site;

import dev.longshore.events.MalformedEventException;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.End;
import dev.longshore.sites.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer with changes, in signed parts.
 *
 * @param after the cursor that was shown
 * @param last the cursor that it leads to
 */
record TwinAnswer(
    HubTwin hub, boolean snapshot, @Nullable String after, @Nullable String nonce, String last) {
  byte[] of(List<ChangeLine> lines)
      throws IOException, MalformedEventException, GeneralSecurityException {
    int first = snapshot ? 0 : Integer.parseInt(after.substring(1));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String from = snapshot ? null : after;
    ChangeLine head = ChangeLine.of(hub.group);
    int at = 0;
    do {
      List<ChangeLine> part = new ArrayList<>();
      if (head != null) {
        part.add(head);
        head = null;
      }
      if (hub.laterLine) {
        part.add(new ChangeLine(null, null, null, null, null));
      }
      int to = Math.min(lines.size(), at + hub.segment);
      part.addAll(lines.subList(at, to));
      at = to;
      boolean whole = at == lines.size();
      String next = whole ? last : (snapshot ? "s" : "c") + (first + at);
      End end =
          new End(
              HubTwin.SITE,
              snapshot ? Kind.SNAPSHOT : Kind.DELTA,
              from,
              next,
              whole,
              hub.key().id(),
              hub.now,
              nonce);
      part.add(ChangeLine.of(hub.ends.apply(end)));
      out.writeBytes(TwinKeys.signed(part, hub.form, hub.keys));
      from = next;
    } while (at < lines.size());
    return out.toByteArray();
  }
}
