package io.culvert.conformance.rpc;

import static io.culvert.client.Awaited.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.Awaited;
import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.ReceivedMessage;
import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Vertx;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What a broker says of one device, to somebody who knows nothing of RPC. */
final class Presences implements AutoCloseable {
  private final MqttClient client;
  private final String topic;
  private final BlockingQueue<ReceivedMessage> heard = new LinkedBlockingQueue<>();

  private Presences(MqttClient client, String topic) {
    this.client = client;
    this.topic = topic;
  }

  static Presences of(Vertx vertx, int brokersPort, String tag) throws Exception {
    MqttClient client =
        MqttClient.create(
            vertx, new MqttClientOptions().setAddresses("mqtt://127.0.0.1:" + brokersPort));
    Presences presences = new Presences(client, "gf_int_v1/rpc/system/" + tag + "/presence");
    Awaited.await(client.connect());
    Awaited.await(client.subscribe(presences.topic, QoS.AT_LEAST_ONCE, presences.heard::add));
    return presences;
  }

  /** The next word, whose bytes are those of docs/rpc-wire.md, but for the time. */
  boolean online() throws Exception {
    return online(next(heard));
  }

  /** Returns with this word; the other one may come twice, where its acknowledgement was lost. */
  void await(boolean wanted) throws Exception {
    boolean online = online();
    while (online != wanted) {
      online = online();
    }
  }

  /** The next word, which the broker has kept. */
  boolean keptOnline() throws Exception {
    ReceivedMessage kept = next(heard);
    assertThat(kept.retain()).isTrue();
    return online(kept);
  }

  /** Nothing was said before this call. */
  boolean isEmpty() throws Exception {
    Awaited.await(client.ping()); // behind which it would have come
    return heard.isEmpty();
  }

  @Override
  public void close() throws Exception {
    Awaited.await(client.close());
  }

  private static boolean online(ReceivedMessage word) {
    String payload = word.payloadAsText();
    assertThat(payload).matches("\\{\"timestamp\":[0-9]+,\"body\":\\{\"online\":(true|false)}}");
    return payload.contains("true");
  }
}
