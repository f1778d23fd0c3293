package io.culvert.conformance.peer;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientState;
import io.culvert.conformance.broker.Await;

/** The HiveMQ client tells about the end of a connection just before it is ready for the next. */
final class HiveMqStates {

  private HiveMqStates() {}

  /** There is no event for this; it is a matter of the next few instructions of its event loop. */
  static void awaitDisconnected(MqttClient client) {
    long deadline = System.nanoTime() + Await.LIMIT.toNanos();
    while (client.getState() != MqttClientState.DISCONNECTED) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("still " + client.getState());
      }
      Thread.yield();
    }
  }
}
