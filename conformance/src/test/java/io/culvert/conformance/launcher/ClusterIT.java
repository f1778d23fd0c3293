package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import io.culvert.engine.testkit.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two JVMs on one event bus: the broker in one, an application that uses it in the other. */
class ClusterIT {
  private static final int LIMIT_SECONDS = 30;

  @TempDir Path folder;

  @Test
  void anApplicationOfAnotherNodePublishesSubscribesAndDies() throws Exception {
    String port = String.valueOf(FreePort.find());
    try (JarProcess broker = run(port)) {
      int mqtt = broker.readyPort();
      Mqtt5BlockingClient client =
          MqttClient.builder()
              .useMqttVersion5()
              .identifier("bystander")
              .serverHost("127.0.0.1")
              .serverPort(mqtt)
              .buildBlocking();
      client.connect();
      client.subscribeWith().topicFilter("news/#").qos(MqttQos.AT_LEAST_ONCE).send();
      try (Mqtt5BlockingClient.Mqtt5Publishes news = client.publishes(MqttGlobalPublishFilter.ALL);
          JarProcess application = application(port)) {
        Mqtt5Publish hello = news.receive(LIMIT_SECONDS, TimeUnit.SECONDS).orElseThrow();
        assertThat(hello.getTopic()).hasToString("news/other-node");
        assertThat(hello.getPayloadAsBytes()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
        assertThat(application.lineWith("published")).isEqualTo("published 0");
        assertThat(application.lineWith("listed")).isEqualTo("listed 1");

        assertThat(publish(client)).isEqualTo(Mqtt5PubAckReasonCode.SUCCESS);
        assertThat(application.lineWith("received")).isEqualTo("received orders/1 a coffee");

        application.close(); // kill -9
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (publish(client) != Mqtt5PubAckReasonCode.NO_MATCHING_SUBSCRIBERS) {
          assertThat(System.nanoTime()).as("its lease ends").isLessThan(until);
        }
      }
      client.disconnect();
      assertThat(broker.signal("TERM")).isZero();
      assertThat(broker.out().lines()).as("only the ready line").hasSize(1);
    }
  }

  @Test
  void aPortInUseIsAnErrorThatSaysSo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        JarProcess broker = run(String.valueOf(taken.getLocalPort()))) {
      assertThat(broker.exitCode()).isEqualTo(1);
      assertThat(broker.err())
          .contains("it cannot be a node of cluster test at 127.0.0.1:" + taken.getLocalPort())
          .contains("--set cluster.port=")
          .doesNotContain("\tat ");
    }
  }

  private JarProcess run(String port) throws IOException {
    return JarProcess.culvert(
        folder,
        "run",
        "--ephemeral",
        "--cluster",
        "--port=0",
        "--ws-port=0",
        "--instances=2",
        "--set=cluster.name=test",
        "--set=cluster.port=" + port);
  }

  private JarProcess application(String brokersPort) throws IOException {
    return JarProcess.java(
        folder, BusNode.class.getName(), "test", brokersPort, String.valueOf(FreePort.find()));
  }

  private static Mqtt5PubAckReasonCode publish(Mqtt5BlockingClient client) {
    Mqtt5PublishResult result =
        client
            .publishWith()
            .topic("orders/1")
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload("a coffee".getBytes(StandardCharsets.UTF_8))
            .send();
    return ((Mqtt5PublishResult.Mqtt5Qos1Result) result).getPubAck().getReasonCode();
  }
}
