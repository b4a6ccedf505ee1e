package dev.longshore.app.demo;

import dev.longshore.model.Reference;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.service.telemetry.TraceHeaders;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;

/**
 * Reads an image from a resolver like any client.
 *
 * @param resolver its address
 * @param image its name in the registry that it was pushed to
 */
record RegistryReads(URI resolver, Reference image) {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final String ACCEPT =
      String.join(
          ", ",
          MediaType.OCI_INDEX,
          MediaType.OCI_MANIFEST,
          MediaType.DOCKER_LIST,
          MediaType.DOCKER_MANIFEST);

  /** A manifest. */
  byte[] read(String what) throws IOException {
    HttpURLConnection call = open(what);
    try (InputStream in = ok(call)) {
      return in.readNBytes(Manifest.MANIFEST_LIMIT + 1);
    } finally {
      call.disconnect();
    }
  }

  static InputStream ok(HttpURLConnection call) throws IOException {
    int status = call.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      throw new IOException("GET " + call.getURL() + " gave " + status);
    }
    return call.getInputStream();
  }

  HttpURLConnection open(String what) throws IOException {
    String path =
        "/v2/%s/%s/%s".formatted(image.name().host().pathForm(), image.name().repository(), what);
    HttpURLConnection call = (HttpURLConnection) resolver.resolve(path).toURL().openConnection();
    call.setInstanceFollowRedirects(false);
    call.setConnectTimeout(TIMEOUT_MILLIS);
    call.setReadTimeout(TIMEOUT_MILLIS);
    call.setRequestProperty("Accept", ACCEPT);
    TraceHeaders.inject(Context.current(), call::setRequestProperty);
    return call;
  }
}
