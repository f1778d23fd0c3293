package io.culvert.conformance.rpc;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.auth.PasswordHash;
import io.culvert.client.MqttClientFailure;
import io.culvert.conformance.broker.MosquittoBroker;
import io.culvert.conformance.client.InProcessBroker;
import io.culvert.engine.testkit.Programs;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.rpc.BrokerConnection;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcClientOptions;
import io.culvert.rpc.demo.SimulatedDevice;
import io.culvert.rpc.protocol.Method;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker that does not let devices say whether they are there: they answer all the same. */
class RefusedPresenceTest {
  private static final String PLAIN_PROTOCOL =
      """
      topic readwrite gf_int_v1/+/request/#
      topic readwrite gf_int_v1/+/response/#
      topic read gf_int_v1/rpc/system/#
      """;

  private static final JsonObject NOTHING = new JsonObject();
  private static final JsonObject LISTENER = new JsonObject().put("port", 0);

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_5", "MQTT_3_1_1"})
  void byItsPermissions(MqttVersion version) throws Exception {
    JsonObject auth = new JsonObject().put("anonymous", true).put("acl-file", acl());
    try (InProcessBroker broker = InProcessBroker.start(NOTHING, auth, LISTENER)) {
      assertAnswers(broker.port(0), version);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_5", "MQTT_3_1_1"})
  void becauseItRetainsNothing(MqttVersion version) throws Exception {
    JsonObject mqtt = new JsonObject().put("retain-available", false);
    try (InProcessBroker broker = InProcessBroker.start(mqtt, NOTHING, LISTENER)) {
      assertAnswers(broker.port(0), version);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_5", "MQTT_3_1_1"})
  void mosquittoByItsPermissions(MqttVersion version) throws Exception {
    Programs.require("mosquitto");
    try (MosquittoBroker broker =
        MosquittoBroker.start("presence-acl-" + version, List.of("acl_file " + acl()))) {
      assertAnswers(broker.address().getPort(), version);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_5", "MQTT_3_1_1"})
  void mosquittoBecauseItRetainsNothing(MqttVersion version) throws Exception {
    Programs.require("mosquitto");
    try (MosquittoBroker broker =
        MosquittoBroker.start("presence-retain-" + version, List.of("retain_available false"))) {
      assertAnswers(broker.address().getPort(), version);
    }
  }

  @Test
  void whoIsNotLetInIsToldSo() throws Exception {
    PasswordHash hash = PasswordHash.of(new byte[] {1}, new byte[12], 10);
    Path others = Files.writeString(folder.resolve("passwords"), "ann:" + hash.print() + "\n");
    JsonObject auth =
        new JsonObject().put("anonymous", false).put("password-file", others.toString());
    try (InProcessBroker broker = InProcessBroker.start(NOTHING, auth, LISTENER)) {
      assertThat(failure(device(broker.port(0), MqttVersion.MQTT_5).connect()).failure())
          .isEqualTo(MqttClientFailure.CONNECT_REFUSED);
    }
  }

  private void assertAnswers(int port, MqttVersion version) throws Exception {
    try (Presences presences = Presences.of(vertx, port, "dev")) {
      RpcClient device = await(device(port, version).connect());
      assertThat(await(device.request("dev", "x", "valid", Method.GET)).responseCode())
          .isEqualTo(203);
      await(device.close());
      try (Presences late = Presences.of(vertx, port, "dev")) {
        assertThat(late.isEmpty()).isTrue();
      }
      assertThat(presences.isEmpty()).isTrue();
    }
  }

  private RpcClient device(int port, MqttVersion version) {
    return RpcClient.create(
            vertx,
            BrokerConnection.of("127.0.0.1", port).withVersion(version),
            RpcClientOptions.of("dev"))
        .serve(SimulatedDevice.create(vertx));
  }

  private String acl() throws Exception {
    Path file = Files.writeString(folder.resolve("acl"), PLAIN_PROTOCOL);
    // Where Mosquitto is started by root it reads its files as another user.
    assertThat(folder.toFile().setExecutable(true, false)).isTrue();
    assertThat(file.toFile().setReadable(true, false)).isTrue();
    return file.toAbsolutePath().toString();
  }
}
