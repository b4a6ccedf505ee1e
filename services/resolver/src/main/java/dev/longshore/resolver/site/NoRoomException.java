package dev.longshore.resolver.site;

import java.io.IOException;

/** An image is larger than the room that this site's disk has for it. */
final class NoRoomException extends IOException {
  private static final long serialVersionUID = 1;

  private final long needs;

  /**
   * @param needs bytes still to come
   * @param taken bytes of the room reserved for other fetches
   */
  NoRoomException(long needs, Disk.Space space, long taken) {
    super(
        "it needs %d bytes more, and the disk has room for %d: %d of %d bytes are free, and %d %% must stay free%s"
            .formatted(
                needs,
                Math.max(0, space.room() - taken),
                space.free(),
                space.total(),
                SiteSettings.LEAST_FREE_PERCENT,
                taken > 0 ? ", and %d are for what is asked for now".formatted(taken) : ""));
    this.needs = needs;
  }

  long needs() {
    return needs;
  }
}
