package dev.longshore.runtime.edge.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** How an API writes its errors. */
@FunctionalInterface
public interface ErrorBodies {
  /** {@code {"error": {"code": ..., "message": ..., "requestId": ...}}}. */
  ErrorBodies PLAIN =
      (failure, requestId) -> {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("error")
            .put("code", failure.code())
            .put("message", failure.reason())
            .put("requestId", requestId);
        return body.toString();
      };

  /** The body as JSON text. */
  String json(HttpFailure failure, String requestId);
}
