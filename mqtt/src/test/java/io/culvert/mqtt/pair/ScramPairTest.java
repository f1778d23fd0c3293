package io.culvert.mqtt.pair;

import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_5;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_1_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.testkit.DriverHabits;
import io.culvert.engine.testkit.EngineLink;
import io.culvert.engine.testkit.VirtualClock;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.auth.AuthStep;
import io.culvert.mqtt.auth.ScramClient;
import io.culvert.mqtt.auth.ScramCredential;
import io.culvert.mqtt.auth.ScramServer;
import io.culvert.mqtt.auth.ScramUsers;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.ClientState;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The machines of client and server lead each other through SCRAM, however the stream is cut. */
class ScramPairTest {
  private static final ScramUsers USERS =
      ScramUsers.of(
          Map.of("ann", ScramCredential.derive("pencil", Bytes.wrap(new byte[16]), 4096)));

  private final Random random = new Random(3);
  private final VirtualClock clock = new VirtualClock();
  private final Broker broker = new Broker(Limits.DEFAULT, random::nextLong);
  private final List<ClientEvent> events = new ArrayList<>();
  private final List<String> proofs = new ArrayList<>();
  private ScramClient scramClient;
  private ScramServer scramServer;
  private @Nullable Connect asking;
  private ClientConnection client;
  private ServerConnection server;
  private EngineLink<ClientEvent, ServerEvent> link;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Normative({MQTT5_4_12_0_2, MQTT5_4_12_0_3, MQTT5_4_12_0_5, MQTT5_4_12_1_1})
  void bothAreProvenAndProveThemselvesAgainWhileMessagesFlow(boolean byteByByte) {
    open("pencil", byteByByte ? DriverHabits.byteByByte() : DriverHabits.allAtOnce());
    assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
    assertThat(proofs).containsExactly("server knows ann", "client knows the server");
    assertThat(server.userName()).isEqualTo("ann");

    Subscribe.Entry entry = new Subscribe.Entry("a", SubscriptionOptions.of(QoS.AT_LEAST_ONCE));
    client.subscribe(List.of(entry), Properties.EMPTY, clock.nowMillis());
    scramClient = ScramClient.create("ann", "pencil", random::nextLong);
    client.auth(ReasonCode.REAUTHENTICATE, data(scramClient.first()), clock.nowMillis());
    for (int i = 0; i < 10; i++) {
      client.publish(
          TopicName.of("a"),
          Bytes.utf8("x" + i),
          QoS.AT_LEAST_ONCE,
          false,
          Properties.EMPTY,
          clock.nowMillis());
    }
    link.left().wake().changed();
    link.runUntilIdle();
    assertThat(proofs).hasSize(4).endsWith("server knows ann", "client knows the server");
    assertThat(events.stream().filter(ClientEvent.MessageReceived.class::isInstance)).hasSize(10);
    assertThat(events.stream().filter(ClientEvent.Acknowledged.class::isInstance)).hasSize(10);
    assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wrongPasswordEndsIt(boolean byteByByte) {
    open("pencil2", byteByByte ? DriverHabits.byteByByte() : DriverHabits.allAtOnce());
    assertThat(client.state()).isEqualTo(ClientState.DISCONNECTED);
    assertThat(proofs).isEmpty();
    assertThat(events)
        .hasAtLeastOneElementOfType(ClientEvent.ConnectRefused.class)
        .first()
        .isInstanceOfSatisfying(
            ClientEvent.AuthReceived.class,
            first -> assertThat(first.reasonCode()).isEqualTo(ReasonCode.CONTINUE_AUTHENTICATION));
    assertThat(broker.sessionCount()).isZero();
  }

  private void open(String password, DriverHabits habits) {
    BufferPool pool = new BufferPool();
    scramClient = ScramClient.create("ann", password, random::nextLong);
    link =
        new EngineLink<>(
            clock,
            wake -> client = new ClientConnection(ClientSession.create(100), pool, wake),
            this::onClient,
            wake ->
                server = new ServerConnection(Limits.DEFAULT, pool, wake, null, clock.nowMillis()),
            this::onServer);
    link.habits(habits);
    ConnectOptions options =
        ConnectOptions.builder()
            .clientId("c")
            .authentication(ScramServer.METHOD, scramClient.first())
            .build();
    client.connect(options, clock.nowMillis());
    link.left().wake().changed();
    link.runUntilIdle();
  }

  private void onClient(ClientEvent event) {
    events.add(event);
    if (event instanceof ClientEvent.AuthReceived auth) {
      answer(auth.properties());
    } else if (event instanceof ClientEvent.Connected connected) {
      answer(connected.properties());
    }
  }

  private void answer(Properties properties) {
    AuthStep step = scramClient.receive(properties.binary(Property.AUTHENTICATION_DATA));
    if (step instanceof AuthStep.Continue next) {
      client.auth(ReasonCode.CONTINUE_AUTHENTICATION, data(next.data()), clock.nowMillis());
    } else if (step instanceof AuthStep.Accepted) {
      proofs.add("client knows the server");
    }
  }

  private void onServer(ServerEvent event) {
    if (event instanceof ServerEvent.AuthRequested requested) {
      asking = requested.connect();
      begin(requested.data());
    } else if (event instanceof ServerEvent.ReauthRequested requested) {
      asking = null;
      begin(requested.data());
    } else if (event instanceof ServerEvent.AuthContinued continued) {
      decide(continued.data());
    } else {
      broker.handle(server, event, clock.nowMillis());
    }
  }

  private void begin(@Nullable Bytes data) {
    scramServer = ScramServer.create(USERS, random::nextLong);
    decide(data);
  }

  private void decide(@Nullable Bytes data) {
    AuthStep step = scramServer.receive(data);
    if (step instanceof AuthStep.Continue next) {
      server.continueAuth(next.data());
    } else if (step instanceof AuthStep.Accepted accepted) {
      proofs.add("server knows " + accepted.userName());
      server.acceptAuth(accepted.userName(), accepted.data());
      if (asking != null) {
        broker.connect(server, asking, clock.nowMillis());
      }
    } else if (step instanceof AuthStep.Rejected rejected) {
      server.rejectAuth(ReasonCode.NOT_AUTHORIZED, rejected.reason());
    }
  }

  private static Properties data(Bytes data) {
    return Properties.builder().put(Property.AUTHENTICATION_DATA, data).build();
  }
}
