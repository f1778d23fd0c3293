package io.culvert.broker;

import io.vertx.core.json.JsonObject;

/**
 * How far a broker is with letting its clients go.
 *
 * @param draining whether it has begun
 * @param clients who were connected then
 * @param left of them who are not told yet
 */
public record DrainStatus(boolean draining, int clients, int left) {
  JsonObject toJson() {
    return new JsonObject().put("draining", draining).put("clients", clients).put("left", left);
  }
}
