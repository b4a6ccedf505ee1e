package dev.longshore.oci.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.ForeignJson;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.Page;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Tags of a repository and repositories of a registry, page by page. */
final class Listings {
  /** Page size to request; servers may send fewer, or all. */
  private static final int PAGE = 500;

  /** Bytes; some registries list 100,000 tags at once. */
  static final int LIMIT = 16 * 1024 * 1024;

  private static final JsonMapper MAPPER = new JsonMapper(ForeignJson.factory());

  private final RegistryHttp http;
  private final Registries registries;

  Listings(RegistryHttp http, Registries registries) {
    this.http = http;
    this.registries = registries;
  }

  Page tags(RepositoryName name, String cursor) throws RegistryException {
    RegistryConfig config = registries.config(name.host());
    var attempt = new Attempt("GET tags", name.toString());
    return list(config, TokenScope.pull(name), Routes.tags(config, name), cursor, "tags", attempt);
  }

  Page catalog(RegistryHost registry, String cursor) throws RegistryException {
    RegistryConfig config = registries.config(registry);
    var attempt = new Attempt("GET catalog", registry.toString());
    return list(
        config, TokenScope.catalog(), Routes.catalog(config), cursor, "repositories", attempt);
  }

  private Page list(
      RegistryConfig config,
      TokenScope scope,
      URI route,
      String cursor,
      String field,
      Attempt attempt)
      throws RegistryException {
    String query = cursor.equals(Page.START) ? "n=" + PAGE : cursor;
    SmallAnswer answer = get(config, scope, route, query, attempt);
    List<String> items = new ArrayList<>();
    for (JsonNode item : json(answer.body(), attempt).path(field)) {
      if (!item.isTextual()) {
        throw attempt.failed(Kind.TRANSIENT, "the listing holds something that is no name");
      }
      items.add(item.textValue());
    }
    return new Page(items, LinkHeader.nextQuery(answer.head().all("Link")));
  }

  /** One page of a listing; the cursor is the server's query, on our own route. */
  SmallAnswer get(RegistryConfig config, TokenScope scope, URI route, String query, Attempt attempt)
      throws RegistryException {
    URI uri;
    try {
      uri = query.isEmpty() ? route : URI.create(route + "?" + query);
    } catch (IllegalArgumentException e) {
      throw attempt.failed(
          Kind.UNSUPPORTED, "the listing continues at something that is not a URL", e);
    }
    HttpCall call = HttpCall.get(uri, "application/json, */*");
    return new Retrier(http.settings())
        .call(attempt, () -> http.small(config, scope, call, LIMIT, attempt));
  }

  private static JsonNode json(byte[] body, Attempt attempt) throws RegistryException {
    try {
      return MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw attempt.failed(Kind.TRANSIENT, "the listing is not JSON", e);
    }
  }
}
