package io.culvert.conformance.launcher;

import io.culvert.runtime.bus.CulvertRpc;
import io.culvert.runtime.bus.RpcCall;

/**
 * Another application that joins the event bus and asks a device. Arguments: those of {@link
 * BusNode}, and the tag of the device. Says on stdout what it has answered.
 */
public final class RpcBusNode {
  private RpcBusNode() {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) {
    String tag = arguments[3];
    BusNode.run(
        arguments,
        vertx ->
            CulvertRpc.create(vertx)
                .request(RpcCall.get(tag, "axuv", "gains"))
                .onSuccess(
                    answer ->
                        System.out.println("answered " + answer.code() + " " + answer.body())));
  }
}
