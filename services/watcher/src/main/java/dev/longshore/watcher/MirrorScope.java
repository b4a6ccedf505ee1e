package dev.longshore.watcher;

import dev.longshore.containerd.LocalName;
import dev.longshore.events.ConversionRequest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.rules.Rules;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which contents of a source are mirrored. */
final class MirrorScope {
  private final Supplier<Rules> rules;
  private final boolean mirrorUntagged;

  MirrorScope(Supplier<Rules> rules, boolean mirrorUntagged) {
    this.rules = rules;
    this.mirrorUntagged = mirrorUntagged;
  }

  /** Whether the first rule that matches asks for any mode. */
  boolean covers(RepositoryName name) {
    return covers(name, null);
  }

  /**
   * Whether the first matching rule asks for any mode and accepts the tag.
   *
   * @param tag null for a digest without one
   */
  boolean covers(RepositoryName name, @Nullable Tag tag) {
    String selector = tag == null ? "" : tag.text();
    return rules.get().firstMatch(name, selector).settings().takes(selector);
  }

  /** Whether of several versions of the tag only the last is wanted. */
  boolean isDebounced(RepositoryName name, Tag tag) {
    return rules.get().firstMatch(name, tag.text()).settings().debounce() != null;
  }

  /** The platforms to mirror; all if empty. */
  List<Platform> platforms(HintTarget look) {
    ConversionRequest request = look.request();
    List<String> asked =
        request != null && !request.platforms().isEmpty()
            ? request.platforms()
            : rules.get().firstMatch(look.name(), "").settings().platforms();
    return asked.stream().map(Platform::parse).toList();
  }

  /**
   * Whether a digest is an image by itself: it came under a tag, was requested, or belongs to
   * another image by {@code subject}. Any other untagged manifest is usually a child of an index
   * that follows.
   */
  boolean isImage(ImageSource images, HintTarget look, Descriptor found) throws RegistryException {
    boolean named = look.tag() != null || look.name().host().equals(LocalName.HOST);
    if (named || look.request() != null || mirrorUntagged) {
      return true;
    }
    byte[] manifest = images.manifest(look.name(), found.digest());
    try {
      return Manifest.parse(manifest, found.mediaType()).subject().isPresent();
    } catch (OciFormatException e) {
      return false;
    }
  }
}
