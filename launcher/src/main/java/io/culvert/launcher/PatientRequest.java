package io.culvert.launcher;

import io.culvert.rpc.PersistentRequests;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcRequestOptions;
import io.culvert.rpc.persistent.QueueLimits;
import io.culvert.rpc.persistent.RequestStatus;
import io.culvert.rpc.protocol.Method;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A request that waits until its device is there, as long as this process lasts. */
final class PatientRequest {
  private PatientRequest() {}

  /** Completes with the last state of the request. */
  static Future<RequestStatus> ask(
      RpcClient client,
      String target,
      String subsystem,
      String path,
      Method method,
      @Nullable Object body,
      RpcRequestOptions how,
      long patienceMillis) {
    Promise<RequestStatus> last = Promise.promise();
    return PersistentRequests.open(
            client,
            /* store= */ null,
            "command line",
            QueueLimits.DEFAULT,
            status -> {
              if (status.state().isFinal()) {
                last.tryComplete(status);
              }
            })
        .compose(
            requests ->
                requests.submit(target, subsystem, path, method, body, how, patienceMillis, null))
        .compose(kept -> last.future());
  }
}
