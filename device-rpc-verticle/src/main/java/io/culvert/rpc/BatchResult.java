package io.culvert.rpc;

import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.RpcException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of one request to many devices: each target is in one of the two maps, in the order
 * in which the targets were given.
 *
 * @param correlationId what the requests had in common
 */
public record BatchResult(
    String correlationId,
    Map<String, Payload.Response> answers,
    Map<String, RpcException> failures) {
  public BatchResult {
    answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
  }
}
