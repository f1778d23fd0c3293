package io.culvert.rpc.persistent;

import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a persistent request. Times are milliseconds since 1970.
 *
 * @param attempts how often it was sent, since the process began
 * @param changedMillis when it came into this state
 * @param address where its submitter wants to be told of changes, or null
 * @param answer what the device has answered, or null
 * @param detail why it is in this state, where there is something to say
 */
public record RequestStatus(
    RequestId id,
    String target,
    String subsystem,
    Method method,
    String path,
    @Nullable String correlationId,
    RequestState state,
    int attempts,
    long submittedMillis,
    long expiresMillis,
    long changedMillis,
    @Nullable String address,
    @Nullable Response answer,
    @Nullable String detail) {

  /** Never the bodies: this may stand in a log. */
  @Override
  public String toString() {
    return "RequestStatus[" + id + ", " + method + " " + target + " " + path + ", " + state + "]";
  }
}
