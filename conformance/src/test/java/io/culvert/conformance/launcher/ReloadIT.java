package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.MqttClientStateException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import io.culvert.conformance.badinput.BadInput;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and permissions that change while the broker runs. */
class ReloadIT {
  private static final int LIMIT_SECONDS = 60;
  private static final String EVERYTHING = "user root\ntopic #\nuser ann\ntopic #\n";
  private static final String WITHOUT_SECRETS = EVERYTHING + "topic deny secret/#\n";

  @TempDir Path folder;
  private final List<Mqtt5BlockingClient> clients = new ArrayList<>();
  private JarProcess culvert;
  private URI mqtt;

  @BeforeEach
  void start() throws Exception {
    passwd("add", "root");
    passwd("add", "ann");
    Files.writeString(folder.resolve("acl"), EVERYTHING);
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
            "auth.reload-seconds=1");
    mqtt = URI.create(culvert.firstLine().split(" ")[1]);
  }

  @AfterEach
  void stop() throws Exception {
    for (Mqtt5BlockingClient client : clients) {
      if (client.getState().isConnected()) {
        Throwable failure = catchThrowable(client::disconnect);
        if (failure != null) { // it has ended at this moment
          assertThat(failure).isInstanceOf(MqttClientStateException.class);
        }
      }
    }
    assertThat(culvert.signal("TERM")).isZero();
    culvert.close();
  }

  @Test
  @BadInput(68)
  void rightThatIsTakenAwayHoldsForWhatWaitedAndForWhatIsRetained() throws Exception {
    Mqtt5BlockingClient ann = client("ann", new CountDownLatch(1));
    login(ann, "ann");
    ann.subscribeWith().topicFilter("#").qos(MqttQos.AT_LEAST_ONCE).send();
    ann.disconnect();
    Mqtt5BlockingClient root = client("root", new CountDownLatch(1));
    login(root, "root");
    for (String topic : List.of("secret/a", "open")) {
      publish(root, topic, true);
    }
    Files.writeString(folder.resolve("acl"), WITHOUT_SECRETS);
    culvert.lineWith("users and permissions were read again");

    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        ann.publishes(MqttGlobalPublishFilter.ALL)) {
      login(ann, "ann"); // resumes
      assertThat(next(publishes)).isEqualTo("open, live");
      ann.subscribeWith().topicFilter("+/a").qos(MqttQos.AT_LEAST_ONCE).send(); // retained
      ann.subscribeWith().topicFilter("open").qos(MqttQos.AT_LEAST_ONCE).send();
      assertThat(next(publishes)).isEqualTo("open, retained");
      publish(root, "secret/a", false);
      publish(root, "end", false);
      assertThat(next(publishes)).isEqualTo("end, live");
    }
  }

  @Test
  void fileThatIsMalformedChangesNothing() throws Exception {
    Mqtt5BlockingClient ann = client("ann", new CountDownLatch(1));
    login(ann, "ann");
    Files.writeString(folder.resolve("acl"), EVERYTHING + "topic raed a/#/b\n");
    assertThat(culvert.lineWith("users and permissions stay as they were read before"))
        .contains("acl:5: auth.acl-file: raed is not read, write, readwrite or deny");
    publish(ann, "secret/a", false);
    Files.writeString(folder.resolve("acl"), WITHOUT_SECRETS);
    culvert.lineWith("users and permissions were read again");
    assertThat(catchThrowable(() -> publish(ann, "secret/a", false)))
        .hasMessageContaining("PUBACK contained an Error Code");
  }

  @Test
  void fileCanBeTriedBeforeItCountsAndTheAuditLogSaysWhatHasChanged() throws Exception {
    Files.writeString(folder.resolve("new"), EVERYTHING + "topic raed a/#/b\n");
    try (JarProcess check = check("new")) {
      assertThat(check.exitCode()).isEqualTo(2);
      assertThat(check.err())
          .contains("new:5: auth.acl-file: raed is not read, write, readwrite or deny");
    }
    Files.writeString(folder.resolve("new"), WITHOUT_SECRETS);
    try (JarProcess check = check("new")) {
      assertThat(check.exitCode()).isZero();
      assertThat(check.out())
          .contains("the configuration is good", "2 users with passwords", "3 rules");
    }
    Files.writeString(folder.resolve("acl"), WITHOUT_SECRETS);
    assertThat(culvert.lineWith("users and permissions were read again"))
        .contains(" culvert.audit ")
        .contains(": 2 users with passwords, 3 rules (before: 2 users with passwords, 2 rules)");
  }

  private JarProcess check(String acl) throws Exception {
    return JarProcess.culvert(
        folder,
        "config",
        "check",
        "--set",
        "auth.password-file=passwords",
        "--set",
        "auth.acl-file=" + acl);
  }

  @Test
  void userWhoIsGoneIsLetGoAndNotLetInAgain() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    Mqtt5BlockingClient ann = client("ann", gone);
    login(ann, "ann");
    Mqtt5BlockingClient root = client("root", new CountDownLatch(1));
    login(root, "root");
    passwd("delete", "ann");
    assertThat(gone.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    Mqtt5BlockingClient again = client("again", new CountDownLatch(1));
    assertThat(catchThrowable(() -> login(again, "ann")))
        .isInstanceOfSatisfying(
            Mqtt5ConnAckException.class,
            refused ->
                assertThat(refused.getMqttMessage().getReasonCode())
                    .isEqualTo(Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD));
    publish(root, "open", false); // has noticed nothing
  }

  private void passwd(String command, String user) throws Exception {
    try (JarProcess passwd = JarProcess.culvert(folder, "passwd", command, "passwords", user)) {
      assertThat(passwd.input("pencil\n").exitCode()).isZero();
    }
  }

  private Mqtt5BlockingClient client(String clientId, CountDownLatch disconnected) {
    Mqtt5BlockingClient client =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(clientId)
            .serverHost(mqtt.getHost())
            .serverPort(mqtt.getPort())
            .addDisconnectedListener(ended -> disconnected.countDown())
            .buildBlocking();
    clients.add(client);
    return client;
  }

  private static void login(Mqtt5BlockingClient client, String user) {
    client
        .connectWith()
        .cleanStart(false)
        .sessionExpiryInterval(3600)
        .simpleAuth()
        .username(user)
        .password("pencil".getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
  }

  private static void publish(Mqtt5BlockingClient client, String topic, boolean retain) {
    client
        .publishWith()
        .topic(topic)
        .payload("x".getBytes(StandardCharsets.UTF_8))
        .retain(retain)
        .qos(MqttQos.AT_LEAST_ONCE)
        .send();
  }

  private static String next(Mqtt5BlockingClient.Mqtt5Publishes publishes) throws Exception {
    var publish = publishes.receive(LIMIT_SECONDS, TimeUnit.SECONDS).orElseThrow();
    return publish.getTopic() + (publish.isRetain() ? ", retained" : ", live");
  }
}
