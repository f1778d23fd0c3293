package io.culvert.rpc;

import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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

  /**
   * What has become of requests.
   *
   * @param targets each once
   * @param requests one for each target, complete
   */
  static BatchResult of(
      String correlationId, List<String> targets, List<Future<Payload.Response>> requests) {
    Map<String, Payload.Response> answers = new LinkedHashMap<>();
    Map<String, RpcException> failures = new LinkedHashMap<>();
    for (int i = 0; i < targets.size(); i++) {
      String target = targets.get(i);
      Future<Payload.Response> request = requests.get(i);
      if (request.succeeded()) {
        answers.put(target, request.result());
      } else {
        failures.put(target, failure(target, request.cause()));
      }
    }
    return new BatchResult(correlationId, answers, failures);
  }

  private static RpcException failure(String target, Throwable cause) {
    if (cause instanceof RpcException typed) {
      return typed;
    }
    return cause instanceof IllegalArgumentException refused
        ? failure(target, ResponseCode.BAD_REQUEST, "it cannot be sent: " + refused.getMessage())
        : failure(target, ResponseCode.INTERNAL_SERVER_ERROR, "this client has failed: " + cause);
  }

  private static RpcException failure(String target, ResponseCode code, String detail) {
    return RpcException.of(code, detail, "", null, target, null);
  }
}
