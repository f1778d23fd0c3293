package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import io.culvert.conformance.badinput.BadInput;
import io.culvert.conformance.broker.MosquittoBroker;
import io.culvert.engine.testkit.Programs;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An access control list as Mosquitto's users have it: the same files, the same clients, and
 * Mosquitto beside us to say who may do what.
 */
class AclIT {
  private static final int LIMIT_SECONDS = 60;

  private static final List<String> TOPICS =
      List.of(
          "public/a",
          "inbox",
          "home",
          "home/kitchen",
          "home/secret/a",
          "users/ann/a",
          "users/bob/a",
          "users/ann/private",
          "clients/device/out",
          "clients/other/out",
          "news today/a",
          "nobody/a");

  private static final String LIST =
      """
      # without user name
      topic read public/#
      topic write inbox
      topic readwrite end

      user root
      topic #

      user ann
      topic readwrite home/#
      topic deny home/secret/#
      topic read news today/+
      topic end

      user bob
      topic read home/kitchen
      topic end

      pattern read users/%u/#
      pattern write clients/%c/out
      """;

  @TempDir Path folder;
  private final List<Mqtt5BlockingClient> clients = new ArrayList<>();
  private JarProcess culvert;
  private InetSocketAddress address;

  @BeforeEach
  void start() throws Exception {
    Programs.require("mosquitto_passwd");
    Files.writeString(folder.resolve("passwords"), "");
    for (String user : List.of("root", "ann", "bob")) {
      Programs.run(folder, LIMIT_SECONDS, "mosquitto_passwd", "-b", "passwords", user, "pencil");
    }
    Files.writeString(folder.resolve("acl"), LIST);
    culvert =
        JarProcess.culvert(
            folder,
            "run",
            "--port",
            "0",
            "--ws-port",
            "0",
            "--ephemeral",
            "--set",
            "auth.password-file=passwords",
            "--set",
            "auth.acl-file=acl",
            "--set",
            "auth.anonymous=true");
    URI mqtt = URI.create(culvert.firstLine().split(" ")[1]);
    address = new InetSocketAddress(mqtt.getHost(), mqtt.getPort());
  }

  @AfterEach
  void stop() throws Exception {
    clients.stream()
        .filter(client -> client.getState().isConnected())
        .forEach(Mqtt5BlockingClient::disconnect);
    assertThat(culvert.signal("TERM")).isZero();
    assertThat(culvert.err()).doesNotContain("ERROR", "Exception");
    culvert.close();
  }

  @Test
  @BadInput(48)
  void eachUserReadsAndWritesWhatTheListSays() throws Exception {
    assertThat(everything(address)).isEqualTo(WANTED);
    assertThat(culvert.lineWith("client device of user ann may not publish to")).isNotEmpty();
  }

  @Test
  void mosquittoUnderstandsTheSameFilesInTheSameWay() throws Exception {
    Programs.require("mosquitto");
    List<String> lines =
        List.of(
            "password_file " + folder.resolve("passwords").toAbsolutePath(),
            "acl_file " + folder.resolve("acl").toAbsolutePath());
    // Where it is started by root it reads its files as another user.
    for (Path path : List.of(folder, folder.resolve("passwords"), folder.resolve("acl"))) {
      path.toFile().setReadable(true, false);
      path.toFile().setExecutable(true, false);
    }
    try (MosquittoBroker mosquitto = MosquittoBroker.start("mosquitto-acl", lines)) {
      assertThat(everything(mosquitto.address())).isEqualTo(WANTED);
    }
  }

  @Test
  @BadInput(69)
  void sharedSubscriptionIsRefusedUnlessAllOfItIsAllowed() {
    Mqtt5BlockingClient ann = connect(address, "ann", "c");
    for (String filter : List.of("$share/g/#", "$share/g/home/#", "$share/g/home/secret/a")) {
      Throwable refused =
          catchThrowable(
              () -> ann.subscribeWith().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE).send());
      assertThat(refused).hasMessageContaining("SUBACK contains only Error Codes");
    }
    ann.subscribeWith().topicFilter("$share/g/home/kitchen").qos(MqttQos.AT_LEAST_ONCE).send();
  }

  @Test
  @BadInput(67)
  void anotherUserDoesNotGetTheSessionOfAnIdentifier() {
    Mqtt5BlockingClient ann = connect(address, "ann", "same");
    for (int i = 0; i < 4; i++) { // of all shards
      Throwable refused = catchThrowable(() -> connect(address, "bob", "same"));
      assertThat(refused)
          .isInstanceOfSatisfying(
              Mqtt5ConnAckException.class,
              e ->
                  assertThat(e.getMqttMessage().getReasonCode())
                      .isEqualTo(Mqtt5ConnAckReasonCode.CLIENT_IDENTIFIER_NOT_VALID));
    }
    ann.publishWith().topic("home").qos(MqttQos.AT_LEAST_ONCE).send(); // has noticed nothing
  }

  @Test
  void subscriptionAndWillAreRefusedWhereNothingIsAllowed() throws Exception {
    Mqtt5BlockingClient bob = connect(address, "bob", "c");
    Throwable refused =
        catchThrowable(
            () -> bob.subscribeWith().topicFilter("nobody/#").qos(MqttQos.AT_LEAST_ONCE).send());
    assertThat(refused).hasMessageContaining("SUBACK contains only Error Codes");
    Throwable withWill =
        catchThrowable(
            () ->
                client(address, "c2")
                    .connectWith()
                    .simpleAuth()
                    .username("bob")
                    .password("pencil".getBytes(StandardCharsets.UTF_8))
                    .applySimpleAuth()
                    .willPublish()
                    .topic("home/kitchen")
                    .applyWillPublish()
                    .send());
    assertThat(withWill)
        .isInstanceOfSatisfying(
            Mqtt5ConnAckException.class,
            e ->
                assertThat(e.getMqttMessage().getReasonCode())
                    .isEqualTo(Mqtt5ConnAckReasonCode.NOT_AUTHORIZED));
  }

  @Test
  void fileThatIsMalformedStopsTheStart() throws Exception {
    Files.writeString(folder.resolve("other"), "user ann\ntopic raed a/#/b\n");
    try (JarProcess other =
        JarProcess.culvert(folder, "run", "--ephemeral", "--set", "auth.acl-file=other")) {
      assertThat(other.exitCode()).isEqualTo(2);
      assertThat(other.err())
          .contains("other:2: auth.acl-file: raed is not read, write, readwrite or deny");
    }
  }

  private static final List<String> WANTED =
      List.of(
          "null reads [public/a]",
          "null writes [clients/device/out, inbox]",
          "ann reads [home, home/kitchen, news today/a, users/ann/a, users/ann/private]",
          "ann writes [clients/device/out, home, home/kitchen]",
          "bob reads [home/kitchen, users/bob/a]",
          "bob writes [clients/device/out]");

  /** Who reads and writes which of the topics. */
  private List<String> everything(InetSocketAddress at) throws Exception {
    Mqtt5BlockingClient root = connect(at, "root", "root");
    for (String topic : TOPICS) {
      root.publishWith()
          .topic(topic)
          .payload("x".getBytes(StandardCharsets.UTF_8))
          .retain(true)
          .qos(MqttQos.AT_LEAST_ONCE)
          .send();
    }
    List<String> found = new ArrayList<>();
    for (String user : new String[] {null, "ann", "bob"}) {
      Mqtt5BlockingClient client = connect(at, user, "device");
      int wanted = user == null ? 1 : user.equals("ann") ? 5 : 2;
      found.add(user + " reads " + reads(client, wanted));
      found.add(user + " writes " + writes(client));
      client.disconnect();
    }
    root.disconnect();
    return found;
  }

  /**
   * What is retained. It may come in parts, and live messages between them: when all that is wanted
   * has come, anything else of the same parts has come, too, before the next live message.
   */
  private static TreeSet<String> reads(Mqtt5BlockingClient client, int wanted) throws Exception {
    TreeSet<String> topics = new TreeSet<>();
    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        client.publishes(MqttGlobalPublishFilter.ALL)) {
      client.subscribeWith().topicFilter("#").qos(MqttQos.AT_LEAST_ONCE).send();
      while (topics.size() < wanted) {
        topics.add(nextTopic(publishes));
      }
      client.publishWith().topic("end").qos(MqttQos.AT_LEAST_ONCE).send();
      for (String topic = nextTopic(publishes); !topic.equals("end"); ) {
        topics.add(topic);
        topic = nextTopic(publishes);
      }
      client.unsubscribeWith().topicFilter("#").send();
      return topics;
    }
  }

  private static String nextTopic(Mqtt5BlockingClient.Mqtt5Publishes publishes) throws Exception {
    return publishes.receive(LIMIT_SECONDS, TimeUnit.SECONDS).orElseThrow().getTopic().toString();
  }

  private static TreeSet<String> writes(Mqtt5BlockingClient client) {
    TreeSet<String> topics = new TreeSet<>();
    for (String topic : TOPICS) {
      Throwable refused =
          catchThrowable(() -> client.publishWith().topic(topic).qos(MqttQos.AT_LEAST_ONCE).send());
      if (refused == null) {
        topics.add(topic);
      } else {
        assertThat(refused).hasMessageContaining("PUBACK contained an Error Code");
      }
    }
    return topics;
  }

  private Mqtt5BlockingClient connect(InetSocketAddress at, String user, String clientId) {
    Mqtt5BlockingClient client = client(at, clientId);
    if (user == null) {
      client.connect();
    } else {
      client
          .connectWith()
          .simpleAuth()
          .username(user)
          .password("pencil".getBytes(StandardCharsets.UTF_8))
          .applySimpleAuth()
          .send();
    }
    return client;
  }

  private Mqtt5BlockingClient client(InetSocketAddress at, String clientId) {
    Mqtt5BlockingClient client =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(clientId)
            .serverHost(at.getHostString())
            .serverPort(at.getPort())
            .buildBlocking();
    clients.add(client);
    return client;
  }
}
