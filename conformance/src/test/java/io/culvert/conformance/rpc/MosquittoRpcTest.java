package io.culvert.conformance.rpc;

import io.culvert.conformance.broker.MosquittoBroker;
import io.culvert.engine.testkit.Programs;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** With somebody else's broker. */
class MosquittoRpcTest extends RpcContract {
  private static MosquittoBroker broker;

  @BeforeAll
  static void startBroker() {
    Programs.require("mosquitto");
    broker =
        MosquittoBroker.start("rpc", List.of("max_inflight_messages 0", "max_queued_messages 0"));
  }

  @AfterAll
  static void stopBroker() {
    if (broker != null) {
      broker.close();
    }
  }

  @Override
  int port() {
    return broker.address().getPort();
  }
}
