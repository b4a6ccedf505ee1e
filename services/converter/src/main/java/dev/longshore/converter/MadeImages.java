package dev.longshore.converter;

import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The images that this process made last, which the catalog may not show yet. */
final class MadeImages {
  private static final int REMEMBERED = 1_000;

  private final Map<String, ImageState> last = new LinkedHashMap<>();

  synchronized void add(ImageState image) {
    last.remove(image.key());
    last.put(image.key(), image);
    if (last.size() > REMEMBERED) {
      last.remove(last.keySet().iterator().next());
    }
  }

  synchronized List<ImageState> ofDigest(Digest digest) {
    return last.values().stream().filter(image -> image.digest().equals(digest)).toList();
  }
}
