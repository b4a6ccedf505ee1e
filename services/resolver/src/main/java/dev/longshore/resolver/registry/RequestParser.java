package dev.longshore.resolver.registry;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Tag;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.name.Place;
import dev.longshore.resolver.name.Selector;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Parses a call into a request, or refuses it. */
final class RequestParser {
  /** Query parameter in which clients of a mirror name the original registry. */
  static final String NAMESPACE = "ns";

  private static final String ROOT = "/v2/";

  private final Names names;

  RequestParser(Names names) {
    this.names = names;
  }

  RegistryRequest parse(RegistryCall call) throws RequestException {
    String path = call.path();
    if (path.equals("/v2") || path.equals(ROOT)) {
      return new RegistryRequest.Ping();
    }
    if (path.equals(ROOT + "_catalog")) {
      return new RegistryRequest.Repositories(PageRequest.of(call));
    }
    String below = path.substring(ROOT.length());
    if (below.endsWith("/tags/list")) {
      String name = below.substring(0, below.length() - "/tags/list".length());
      return new RegistryRequest.Tags(name, place(name, call), PageRequest.of(call));
    }
    int slash = below.lastIndexOf('/');
    int before = slash < 0 ? -1 : below.lastIndexOf('/', slash - 1);
    if (before <= 0) {
      throw noEndpoint(path);
    }
    String name = below.substring(0, before);
    String last = decode(below.substring(slash + 1));
    return switch (below.substring(before + 1, slash)) {
      case "manifests" ->
          new RegistryRequest.Manifest(
              name, place(name, call), selector(last), Conditions.of(call));
      case "blobs" ->
          new RegistryRequest.Blob(name, place(name, call), digest(last), Conditions.of(call));
      case "referrers" ->
          new RegistryRequest.Referrers(
              name,
              place(name, call),
              digest(last),
              call.parameter("artifactType").filter(type -> !type.isEmpty()),
              PageRequest.of(call));
      default -> throw noEndpoint(path);
    };
  }

  private Place place(String name, RegistryCall call) throws RequestException {
    try {
      return names.place(name, call.parameter(NAMESPACE).filter(ns -> !ns.isEmpty()));
    } catch (OciFormatException e) {
      throw new RequestException(400, OciError.Code.NAME_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static Selector selector(String text) throws RequestException {
    if (text.indexOf(':') >= 0) {
      return new Selector.ByDigest(digest(text));
    }
    try {
      return new Selector.ByTag(Tag.parse(text));
    } catch (OciFormatException e) {
      // No tag can have this name, so it does not exist.
      throw new RequestException(
          404, OciError.Code.MANIFEST_UNKNOWN, String.valueOf(e.getMessage()));
    }
  }

  private static Digest digest(String text) throws RequestException {
    try {
      return Digest.parse(text);
    } catch (OciFormatException e) {
      throw new RequestException(400, OciError.Code.DIGEST_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static RequestException noEndpoint(String path) {
    Optional<String> shown = Optional.of(path).filter(p -> p.length() <= 200);
    return new RequestException(
        404, OciError.Code.UNSUPPORTED, "no such endpoint" + shown.map(p -> ": " + p).orElse(""));
  }

  /** Some clients send the digest's colon as %3A. */
  private static String decode(String text) throws RequestException {
    if (text.indexOf('%') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new RequestException(
          400, OciError.Code.NAME_INVALID, "path: not percent-encoded right");
    }
  }
}
