package io.culvert.launcher;

import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Payload;
import io.vertx.core.json.JsonObject;

/** An answer for people and programs that read what the command prints. */
final class RpcJson {
  private RpcJson() {}

  static JsonObject of(Payload.Response response) {
    Header header = response.header();
    JsonObject fields =
        new JsonObject()
            .put("request_id", header.requestId().text())
            .put("path", header.path())
            .put("correlation_id", header.correlationId())
            .put("source", header.source())
            .put("response_code", response.responseCode());
    header.more().forEach(fields::put);
    return new JsonObject()
        .put("header", fields)
        .put("body", response.body())
        .put("timestamp", response.timestamp().value());
  }
}
