package io.culvert.conformance.rpc;

import io.culvert.rpc.BrokerConnection;
import io.culvert.rpc.PersistentRequests;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcClientOptions;
import io.culvert.rpc.RpcRequestOptions;
import io.culvert.rpc.persistent.QueueLimits;
import io.culvert.rpc.persistent.RequestStatus;
import io.culvert.rpc.protocol.Method;
import io.culvert.store.RocksStore;
import io.culvert.store.Store;
import io.culvert.store.StoreException;
import io.culvert.store.StoreLog;
import io.culvert.store.StoreOptions;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Submits persistent requests, each a POST of a number. Arguments: port of the broker, tag of the
 * device, folder of the store, first number, how many. Says {@code kept N} on stdout when a request
 * is kept, {@code ended N STATE} when it has ended, and {@code idle} when none waits any more. Each
 * process has another tag, as {@code culvert run} has. Runs until it is killed.
 */
public final class SubmitterProgram {
  private static final long TIMEOUT_MILLIS = 2_000;
  private static final long EXPIRY_MILLIS = 120_000;

  private SubmitterProgram() {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws StoreException {
    String target = arguments[1];
    int first = Integer.parseInt(arguments[3]);
    int count = Integer.parseInt(arguments[4]);
    Store store = RocksStore.open(Path.of(arguments[2]), StoreOptions.defaults(), StoreLog.SILENT);
    RpcClient.create(
            Vertx.vertx(),
            BrokerConnection.of("127.0.0.1", Integer.parseInt(arguments[0])),
            RpcClientOptions.of("submitter-" + UUID.randomUUID()).withTimeoutMillis(TIMEOUT_MILLIS))
        .connect()
        .compose(
            client ->
                PersistentRequests.open(
                    client, store, "test", QueueLimits.DEFAULT, SubmitterProgram::changed))
        .onSuccess(
            requests -> {
              for (int number = first; number < first + count; number++) {
                submit(requests, target, number);
              }
              tellWhenIdle(requests);
            })
        .onFailure(
            failure -> {
              System.out.println("failed " + failure);
              System.exit(1);
            });
  }

  private static void submit(PersistentRequests requests, String target, int number) {
    requests
        .submit(
            target,
            "axuv",
            "work/" + number,
            Method.POST,
            null,
            RpcRequestOptions.DEFAULT.withCorrelationId(String.valueOf(number)),
            EXPIRY_MILLIS,
            null)
        .onSuccess(kept -> System.out.println("kept " + number))
        .onFailure(failure -> System.out.println("refused " + number + " " + failure));
  }

  private static void changed(RequestStatus status) {
    if (status.state().isFinal()) {
      System.out.println("ended " + status.correlationId() + " " + status.state());
    }
  }

  private static void tellWhenIdle(PersistentRequests requests) {
    requests
        .held()
        .onSuccess(
            held -> {
              if (held.requests() == 0) {
                System.out.println("idle");
              } else {
                Vertx.currentContext().owner().setTimer(50, again -> tellWhenIdle(requests));
              }
            });
  }
}
