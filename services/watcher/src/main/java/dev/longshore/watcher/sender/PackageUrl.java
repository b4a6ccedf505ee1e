package dev.longshore.watcher.sender;

import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Package URLs of images: {@code pkg:oci/NAME@DIGEST?repository_url=HOST/PATH/NAME&tag=TAG} and
 * {@code pkg:docker/PATH/NAME@TAG-OR-DIGEST?repository_url=HOST}.
 */
final class PackageUrl {
  private static final String OCI = "pkg:oci/";
  private static final String DOCKER = "pkg:docker/";

  private PackageUrl() {}

  static boolean isImage(String url) {
    return url.startsWith(OCI) || url.startsWith(DOCKER);
  }

  static ImageText image(String url) throws NotUnderstoodException {
    String path = before(before(url, '#'), '?');
    String qualifiers =
        url.startsWith(path + "?") ? before(url, '#').substring(path.length() + 1) : "";
    String name = before(path, '@');
    String version =
        path.length() > name.length() ? decoded(path.substring(name.length() + 1)) : "";
    String address = ImageText.of(qualifier(qualifiers, "repository_url")).repository();
    boolean oci = url.startsWith(OCI);
    String own = decoded(name.substring((oci ? OCI : DOCKER).length()));
    String tag = qualifier(qualifiers, "tag");
    boolean digest = ImageText.isDigest(version);
    return new ImageText(
        oci && !address.isEmpty() ? address : own,
        tag.isEmpty() && !digest ? version : tag,
        digest ? version : "");
  }

  private static String before(String text, char end) {
    int at = text.indexOf(end);
    return at < 0 ? text : text.substring(0, at);
  }

  private static String qualifier(String qualifiers, String name) throws NotUnderstoodException {
    for (String each : qualifiers.split("&", -1)) {
      if (each.startsWith(name + "=")) {
        return decoded(each.substring(name.length() + 1));
      }
    }
    return "";
  }

  private static String decoded(String text) throws NotUnderstoodException {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new NotUnderstoodException(
          Reason.IMAGE, "the package URL is badly encoded: " + Payload.shown(text), e);
    }
  }
}
