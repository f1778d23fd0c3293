package io.culvert.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.ConnectionClosedException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient.Mqtt5Publishes;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example driver with somebody else's client over loopback. */
@Timeout(30)
class NioDriverIT {
  private static final long LIMIT_SECONDS = 10;

  private final Broker broker = new Broker(Limits.DEFAULT, new SecureRandom()::nextLong);
  private NioDriver driver;
  private CompletableFuture<Void> end;

  @BeforeEach
  void start() throws IOException {
    driver = new NioDriver(broker);
    end = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                driver.run();
                end.complete(null);
              } catch (Throwable failure) {
                end.completeExceptionally(failure);
              }
            });
    thread.start();
  }

  @AfterEach
  void stop() throws Exception {
    driver.close();
    end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void messagesOfEachQosArrive() throws Exception {
    Mqtt5BlockingClient subscriber = connect("subscriber");
    Mqtt5BlockingClient publisher = connect("publisher");
    try (Mqtt5Publishes publishes = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
      subscribe(subscriber, "a/#");
      for (MqttQos qos : MqttQos.values()) {
        publisher.publishWith().topic("a/b").qos(qos).payload(qos.name().getBytes(US_ASCII)).send();
      }
      for (MqttQos qos : MqttQos.values()) {
        Mqtt5Publish received = receive(publishes);
        assertThat(received.getPayloadAsBytes()).asString().isEqualTo(qos.name());
        assertThat(received.getQos()).isEqualTo(qos);
      }
    }
  }

  @Test
  void aPayloadThatNoSocketTakesAtOnceArrivesWhole() throws Exception {
    byte[] payload = new byte[2_000_000];
    new SecureRandom().nextBytes(payload);
    Mqtt5BlockingClient client = connect("client");
    try (Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
      subscribe(client, "large");
      client.publishWith().topic("large").qos(MqttQos.AT_LEAST_ONCE).payload(payload).send();

      assertThat(receive(publishes).getPayloadAsBytes()).isEqualTo(payload);
    }
  }

  @Test
  void theWillOfALostConnectionIsPublished() throws Exception {
    Mqtt5BlockingClient subscriber = connect("subscriber");
    try (Mqtt5Publishes publishes = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
      subscribe(subscriber, "will");
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), driver.port())) {
        // CONNECT, MQTT 3.1.1: Will Flag and Clean Session, "id", topic "will", message "x"
        socket
            .getOutputStream()
            .write(
                new byte[] {
                  0x10, 23, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x06, 0, 60, 0, 2, 'i', 'd', 0, 4, 'w',
                  'i', 'l', 'l', 0, 1, 'x'
                });
        assertThat(socket.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 0);
      }

      assertThat(receive(publishes).getPayloadAsBytes()).asString().isEqualTo("x");
    }
  }

  @Test
  void aPeerThatSpeaksAnotherProtocolIsClosedAndNobodyElse() throws Exception {
    Mqtt5BlockingClient client = connect("client");
    try (Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), driver.port())) {
      subscribe(client, "a");
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      socket.getInputStream().readAllBytes(); // returns when the driver has closed
      client.publishWith().topic("a").send();

      assertThat(receive(publishes).getTopic()).hasToString("a");
    }
  }

  @Test
  void clientsAreToldWhenTheDriverStops() throws Exception {
    CompletableFuture<Throwable> cause = new CompletableFuture<>();
    Mqtt5Client.builder()
        .identifier("told")
        .serverHost("127.0.0.1")
        .serverPort(driver.port())
        .addDisconnectedListener(context -> cause.complete(context.getCause()))
        .buildBlocking()
        .connect();
    driver.close();

    assertThat(cause.get(LIMIT_SECONDS, TimeUnit.SECONDS))
        .isNotInstanceOf(ConnectionClosedException.class)
        .isInstanceOfSatisfying(
            Mqtt5DisconnectException.class,
            told ->
                assertThat(told.getMqttMessage().getReasonCode())
                    .isEqualTo(Mqtt5DisconnectReasonCode.SERVER_SHUTTING_DOWN));
  }

  private Mqtt5BlockingClient connect(String clientId) {
    Mqtt5BlockingClient client =
        Mqtt5Client.builder()
            .identifier(clientId)
            .serverHost("127.0.0.1")
            .serverPort(driver.port())
            .buildBlocking();
    client.connect();
    return client;
  }

  private static void subscribe(Mqtt5BlockingClient client, String filter) {
    client.subscribeWith().topicFilter(filter).qos(MqttQos.EXACTLY_ONCE).send();
  }

  private static Mqtt5Publish receive(Mqtt5Publishes publishes) throws InterruptedException {
    return publishes
        .receive(Duration.ofSeconds(LIMIT_SECONDS).toMillis(), TimeUnit.MILLISECONDS)
        .orElseThrow(() -> new AssertionError("no message within " + LIMIT_SECONDS + " s"));
  }
}
