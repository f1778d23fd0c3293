package io.culvert.conformance.rpc;

import io.culvert.conformance.client.InProcessBroker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** With our own broker. */
class OwnBrokerRpcTest extends RpcContract {
  private static InProcessBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = InProcessBroker.start();
  }

  @AfterAll
  static void stopBroker() throws Exception {
    broker.close();
  }

  @Override
  int port() {
    return broker.port(0);
  }
}
