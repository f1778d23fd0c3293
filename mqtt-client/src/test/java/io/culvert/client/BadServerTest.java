package io.culvert.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.failure;
import static io.culvert.client.Awaited.next;
import static io.culvert.client.Scene.answer;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_20;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.UnsubAck;
import io.culvert.mqtt.wire.Unsubscribe;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that refuse, are silent, vanish, or break the protocol. */
class BadServerTest {
  private final Scene scene = new Scene();
  private final Vertx vertx = scene.vertx;
  private final HandServer server = scene.server;
  private final BlockingQueue<ConnectionChange> changes = scene.changes;

  @AfterEach
  void stop() throws Exception {
    scene.close();
  }

  private MqttClientOptions options() {
    return scene.options();
  }

  private MqttClient client(MqttClientOptions options) {
    return scene.client(options);
  }

  private HandServer.Line connect(MqttClient client) throws Exception {
    return scene.connect(client);
  }

  @ParameterizedTest
  @EnumSource(names = {"NOT_AUTHORIZED", "BAD_USERNAME_OR_PASSWORD", "SERVER_UNAVAILABLE"})
  @Scenario(41)
  void aRefusalFailsTheConnectWithItsReason(ReasonCode code) throws Exception {
    Future<?> connecting = client(options()).connect();
    HandServer.Line line = server.accept();
    line.read(Connect.class);
    Properties words = Properties.builder().put(Property.REASON_STRING, "because").build();
    line.send(new ConnAck(false, code, words));
    MqttClientException refused = failure(connecting);
    assertThat(refused.failure()).isEqualTo(MqttClientFailure.CONNECT_REFUSED);
    assertThat(refused.reasonCode()).isEqualTo(code);
    assertThat(refused).hasMessageContaining("because").hasMessageContaining(server.address());
    assertThat(next(changes).state()).isEqualTo(ConnectionChange.State.DISCONNECTED);
  }

  @Test
  void aServerThatNeverAnswersIsGivenUp() throws Exception {
    Future<?> connecting = client(options().setConnectTimeoutMillis(50)).connect();
    MqttClientException late = failure(connecting);
    assertThat(late.failure()).isEqualTo(MqttClientFailure.CONNECT_FAILED);
    assertThat(late).hasMessageContaining("has not answered CONNECT in time");
  }

  @Test
  void anAuthenticationThatFailsToBeginFailsTheConnect() throws Exception {
    MqttAuthentication broken =
        new MqttAuthentication() {
          @Override
          public String method() {
            return "toy";
          }

          @Override
          public Exchange begin(Vertx vertx) {
            throw new IllegalStateException("no token");
          }
        };
    MqttClientException failed = failure(client(options().setAuthentication(broken)).connect());
    assertThat(failed.failure()).isEqualTo(MqttClientFailure.CONNECT_FAILED);
    assertThat(failed).hasMessageContaining("no token");
  }

  @Test
  void whereNobodyListensTheConnectFails() throws Exception {
    server.close();
    MqttClientException failed = failure(client(options()).connect());
    assertThat(failed.failure()).isEqualTo(MqttClientFailure.CONNECT_FAILED);
    assertThat(failed.getMessage()).contains("cannot be reached: ").doesNotContain("Exception");
  }

  @Test
  void theFirstConnectGoesOnWhereThatIsWanted() throws Exception {
    MqttClient client = client(options().setReconnect(options().reconnect().withRetryFirst(true)));
    Future<?> connecting = client.connect();
    server.accept().close();
    assertThat(next(changes).state()).isEqualTo(ConnectionChange.State.RECONNECTING);
    server.accept(false);
    await(connecting);
  }

  @Test
  void attemptsEndWhereTheyAreLimited() throws Exception {
    MqttClient client =
        client(options().setReconnect(options().reconnect().withMaximumAttempts(2)));
    connect(client).close();
    assertThat(next(changes).state()).isEqualTo(ConnectionChange.State.RECONNECTING);
    server.close();
    assertThat(next(changes).state()).isEqualTo(ConnectionChange.State.DISCONNECTED);
  }

  @Test
  @Normative(MQTT5_3_1_2_20)
  @Scenario(69)
  void aHalfOpenConnectionIsFoundByThePing() throws Exception {
    MqttClient client = client(options().setKeepAliveSeconds(1).setPingTimeoutMillis(50));
    HandServer.Line line = connect(client);
    line.read(PingReq.class);
    ConnectionChange lost = next(changes);
    assertThat(lost.state()).isEqualTo(ConnectionChange.State.RECONNECTING);
    assertThat(lost.cause()).hasMessageContaining("has not answered PINGREQ in time");
    server.accept(true);
    assertThat(next(changes).sessionPresent()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "second CONNACK, 2003000000, PROTOCOL_ERROR",
    "reserved packet type, 0000, MALFORMED_PACKET",
    "CONNECT, 100d00044d5154540502000000000000, PROTOCOL_ERROR",
    "PUBLISH with QoS 3, 3606000161000100, MALFORMED_PACKET",
    "PUBLISH with a wildcard, 3005000123000000, PROTOCOL_ERROR",
    "PUBLISH with ill-formed UTF-8, 30050002c3280000, MALFORMED_PACKET",
    "PUBLISH with an unknown alias, 3006000003230001, TOPIC_ALIAS_INVALID",
    "Remaining Length of five bytes, 30ffffffff7f, MALFORMED_PACKET",
    "SUBACK that nobody asked for, 900400090000, PROTOCOL_ERROR",
    "UNSUBACK that nobody asked for, b00400090000, PROTOCOL_ERROR",
    "AUTH without a method, f000, PROTOCOL_ERROR",
    "PUBCOMP before PUBREC, 70020001, PROTOCOL_ERROR",
    "DISCONNECT with a Session Expiry Interval, e00700051100000001, PROTOCOL_ERROR"
  })
  @Scenario({66, 70, 79})
  void aViolationEndsTheConnectionAndNothingElse(String what, String hex, ReasonCode code)
      throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    Future<PublishResult> published = client.publish("a", "x", QoS.AT_LEAST_ONCE);
    assertThat(line.read(Publish.class).packetId()).isEqualTo(1);
    line.send(Bytes.hex(hex));
    assertThat(line.read(Disconnect.class).reasonCode()).as(what).isEqualTo(code);
    assertThat(line.read()).isNull();
    ConnectionChange lost = next(changes);
    assertThat(lost.cause().failure()).isEqualTo(MqttClientFailure.CONNECTION_LOST);
    assertThat(lost.cause().reasonCode()).isEqualTo(code);
    assertThat(lost.cause()).hasMessageContaining("broke the protocol");

    HandServer.Line again = server.accept(true);
    Publish repeated = again.read(Publish.class);
    assertThat(repeated.dup()).isTrue();
    again.send(PubAck.of(repeated.packetId()));
    assertThat(await(published).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  @Scenario(79)
  void packetsBeforeConnAckAreAViolation() throws Exception {
    Future<?> connecting = client(options()).connect();
    HandServer.Line line = server.accept();
    line.read(Connect.class);
    line.send(PubAck.of(1));
    assertThat(failure(connecting)).hasMessageContaining("before CONNACK");
  }

  @Test
  void theServersTimeToReturnIsHonoured() throws Exception {
    MqttClient client = client(options());
    connect(client).close();
    assertThat(next(changes).state()).isEqualTo(ConnectionChange.State.RECONNECTING);
    HandServer.Line busy = server.accept();
    busy.read(Connect.class);
    Properties later = Properties.builder().userProperty("retry-after-ms", "70").build();
    busy.send(new ConnAck(false, ReasonCode.SERVER_BUSY, later));
    assertThat(next(changes).nextAttemptMillis()).isBetween(70L, 77L);
    server.accept(false);
    assertThat(next(changes).state()).isEqualTo(ConnectionChange.State.CONNECTED);
  }

  @Test
  @Scenario(75)
  void aServerThatHasMovedIsFollowed() throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    try (HandServer other = new HandServer()) {
      String reference = other.address().substring("mqtt://".length());
      line.send(
          new Disconnect(
              ReasonCode.SERVER_MOVED,
              Properties.builder().put(Property.SERVER_REFERENCE, reference).build()));
      ConnectionChange lost = next(changes);
      assertThat(lost.nextAttemptMillis()).isZero();
      assertThat(lost.cause().reasonCode()).isEqualTo(ReasonCode.SERVER_MOVED);
      other.accept(false);
      assertThat(next(changes).state()).isEqualTo(ConnectionChange.State.CONNECTED);
    }
  }

  @Test
  @Scenario(75)
  void whoIsTakenOverComesBack() throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    line.send(new Disconnect(ReasonCode.SESSION_TAKEN_OVER, Properties.EMPTY));
    ConnectionChange lost = next(changes);
    assertThat(lost.state()).isEqualTo(ConnectionChange.State.RECONNECTING);
    assertThat(lost.cause().reasonCode()).isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
    server.accept(true);
    assertThat(next(changes).state()).isEqualTo(ConnectionChange.State.CONNECTED);
  }

  @Test
  @Scenario(71)
  void aLostSessionPublishesQos1AnewAndFailsQos2() throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    Future<PublishResult> once = client.publish("q1", "x", QoS.AT_LEAST_ONCE);
    Future<PublishResult> exactly = client.publish("q2", "x", QoS.EXACTLY_ONCE);
    line.read(Publish.class);
    line.send(PubRec.of(line.read(Publish.class).packetId()));
    line.close();
    HandServer.Line fresh = server.accept(false);
    Publish anew = fresh.read(Publish.class);
    assertThat(anew.topic()).hasToString("q1");
    assertThat(anew.dup()).isFalse();
    fresh.send(PubAck.of(anew.packetId()));
    await(once);
    MqttClientException lost = failure(exactly);
    assertThat(lost.failure()).isEqualTo(MqttClientFailure.SESSION_LOST);
    assertThat(lost).hasMessageContaining("q2");
  }

  @Test
  void whatIsPublishedWhenTheSessionIsLostTakesNobodysPlace() throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    List<Future<PublishResult>> published = new ArrayList<>();
    for (int i = 1; i <= 8; i++) { // so that the next identifier is the first of these again
      published.add(client.publish("old", "" + i, QoS.AT_LEAST_ONCE));
      assertThat(line.read(Publish.class).packetId()).isEqualTo(i);
    }
    Promise<PublishResult> late = Promise.promise();
    client.connectionHandler(
        change -> {
          if (change.state() == ConnectionChange.State.CONNECTED) {
            client.publish("new", "9", QoS.EXACTLY_ONCE).onComplete(late);
          }
        });
    published.add(late.future());
    line.close();
    HandServer.Line fresh = server.accept(false);
    List<String> payloads = new ArrayList<>();
    for (int i = 1; i <= 9; i++) {
      Publish anew = fresh.read(Publish.class);
      payloads.add(anew.payload().toUtf8());
      if (anew.qos() == QoS.EXACTLY_ONCE) {
        fresh.send(PubRec.of(anew.packetId()));
        fresh.send(PubComp.of(fresh.read(PubRel.class).packetId()));
      } else {
        fresh.send(PubAck.of(anew.packetId()));
      }
    }
    assertThat(payloads).containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9");
    for (Future<PublishResult> each : published) {
      assertThat(await(each).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    }
    assertThat(await(client.publishQueueSize())).isZero();
  }

  @Test
  @Scenario(71)
  void aLostSessionPublishesQos2AnewWhereThatIsWanted() throws Exception {
    MqttClient client = client(options().setRepublishLost(true));
    HandServer.Line line = connect(client);
    Future<PublishResult> published = client.publish("q2", "x", QoS.EXACTLY_ONCE);
    line.read(Publish.class);
    line.close();
    HandServer.Line fresh = server.accept(false);
    Publish anew = fresh.read(Publish.class);
    assertThat(anew.topic()).hasToString("q2");
    assertThat(anew.dup()).isFalse();
    fresh.send(PubRec.of(anew.packetId()));
    fresh.send(PubComp.of(fresh.read(PubRel.class).packetId()));
    assertThat(await(published).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void aRefusedMessageFailsWithCodeAndWords() throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    Future<PublishResult> published = client.publish("a", "x", QoS.AT_LEAST_ONCE);
    int id = line.read(Publish.class).packetId();
    Properties words = Properties.builder().put(Property.REASON_STRING, "full").build();
    line.send(new PubAck(id, ReasonCode.QUOTA_EXCEEDED, words));
    MqttClientException refused = failure(published);
    assertThat(refused.failure()).isEqualTo(MqttClientFailure.PUBLISH_REFUSED);
    assertThat(refused).hasMessageContaining("0x97").hasMessageContaining("full");
  }

  @Test
  @Scenario(78)
  void eachFilterFailsForItself() throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    Future<Subscription> good = client.subscribe("good", QoS.EXACTLY_ONCE, m -> {});
    Future<Subscription> bad = client.subscribe("bad", QoS.EXACTLY_ONCE, m -> {});
    int first = line.read(Subscribe.class).packetId();
    int second = line.read(Subscribe.class).packetId();
    line.send(
        new SubAck(second, List.of(ReasonCode.NOT_AUTHORIZED), Properties.EMPTY),
        new SubAck(first, List.of(ReasonCode.GRANTED_QOS_1), Properties.EMPTY));
    assertThat(await(good).grantedQos()).isEqualTo(QoS.AT_LEAST_ONCE);
    MqttClientException refused = failure(bad);
    assertThat(refused.failure()).isEqualTo(MqttClientFailure.SUBSCRIBE_REFUSED);
    assertThat(refused).hasMessageContaining("bad");
  }

  @Test
  @Scenario({44, 78})
  void optionsThatWereRefusedLeaveWhatWasGranted() throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    Future<Subscription> granted = client.subscribe("s", QoS.AT_LEAST_ONCE, m -> {});
    answer(line, ReasonCode.GRANTED_QOS_1);
    await(granted);
    for (int i = 0; i < 2; i++) {
      Future<Subscription> more = client.subscribe("s", QoS.EXACTLY_ONCE, m -> {});
      answer(line, ReasonCode.NOT_AUTHORIZED);
      assertThat(failure(more).failure()).isEqualTo(MqttClientFailure.SUBSCRIBE_REFUSED);
    }
    Subscription again = await(client.subscribe("s", QoS.AT_LEAST_ONCE, m -> {}));
    assertThat(again.grantedQos()).isEqualTo(QoS.AT_LEAST_ONCE);
  }

  @Test
  void whereTheServerHasNoIdentifiersAnEarlySubscriptionIsMadeWithout() throws Exception {
    MqttClient client = client(options());
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    Future<Subscription> early =
        client.subscribe("a/#", QoS.AT_LEAST_ONCE, m -> received.add(m.payloadAsText()));
    Future<?> connecting = client.connect();
    HandServer.Line line = server.accept();
    line.read(Connect.class);
    Properties none =
        Properties.builder().put(Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE, 0).build();
    line.send(new ConnAck(false, ReasonCode.SUCCESS, none));
    await(connecting);
    Subscribe subscribe = line.read(Subscribe.class);
    assertThat(subscribe.properties().isEmpty()).isTrue();
    line.send(
        new SubAck(subscribe.packetId(), List.of(ReasonCode.GRANTED_QOS_1), Properties.EMPTY),
        new Publish(
            TopicName.of("a/b"),
            Bytes.utf8("x"),
            QoS.AT_MOST_ONCE,
            false,
            false,
            0,
            Properties.EMPTY));
    await(early);
    assertThat(next(received)).isEqualTo("x");
    Future<Subscription> second = client.subscribe("a/#", QoS.EXACTLY_ONCE, m -> {});
    answer(line, ReasonCode.GRANTED_QOS_2);
    assertThat(await(second).grantedQos()).isEqualTo(QoS.EXACTLY_ONCE);
  }

  @Test
  void anUnsubscribeThatIsRefusedFailsWithItsCode() throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    Future<Subscription> subscribing = client.subscribe("s", QoS.AT_LEAST_ONCE, m -> {});
    answer(line, ReasonCode.GRANTED_QOS_1);
    Future<Void> closing = await(subscribing).close();
    int id = line.read(Unsubscribe.class).packetId();
    line.send(new UnsubAck(id, List.of(ReasonCode.NOT_AUTHORIZED), Properties.EMPTY));
    MqttClientException refused = failure(closing);
    assertThat(refused.failure()).isEqualTo(MqttClientFailure.UNSUBSCRIBE_REFUSED);
    assertThat(refused.reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
  }

  @Test
  @Scenario({73, 78})
  void aSubscriptionThatCannotBeMadeAgainEnds() throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    Future<Subscription> subscribing = client.subscribe("s", QoS.AT_LEAST_ONCE, m -> {});
    line.send(
        new SubAck(
            line.read(Subscribe.class).packetId(),
            List.of(ReasonCode.GRANTED_QOS_1),
            Properties.EMPTY));
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    await(subscribing)
        .exceptionHandler(failure -> told.add(failure.getMessage()))
        .endHandler(ignored -> told.add("end"));
    await(client.publishQueueSize()); // the handlers are set
    line.close();
    HandServer.Line again = server.accept(false);
    again.send(
        new SubAck(
            again.read(Subscribe.class).packetId(),
            List.of(ReasonCode.NOT_AUTHORIZED),
            Properties.EMPTY));
    assertThat(next(told)).contains("NOT_AUTHORIZED");
    assertThat(next(told)).isEqualTo("end");
  }

  @Test
  @Scenario(74)
  void aServerThatDoesNotKnowThePasswordIsNotTrusted() throws Exception {
    MqttClient client =
        client(options().setAuthentication(MqttAuthentication.scramSha256("ann", "pencil")));
    Future<?> connecting = client.connect();
    HandServer.Line line = server.accept();
    Connect connect = line.read(Connect.class);
    String first = connect.properties().binary(Property.AUTHENTICATION_DATA).toUtf8();
    String nonce = first.substring(first.indexOf("r=") + 2);
    String challenge = "r=" + nonce + "server,s=AAAAAAAAAAAAAAAAAAAAAA==,i=4096";
    Properties.Builder data =
        Properties.builder()
            .put(Property.AUTHENTICATION_METHOD, "SCRAM-SHA-256")
            .put(Property.AUTHENTICATION_DATA, Bytes.utf8(challenge));
    line.send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, data.build()));
    line.read(Auth.class);
    Properties wrong =
        Properties.builder()
            .put(Property.AUTHENTICATION_METHOD, "SCRAM-SHA-256")
            .put(Property.AUTHENTICATION_DATA, Bytes.utf8("v=AAAA"))
            .build();
    line.send(new ConnAck(false, ReasonCode.SUCCESS, wrong));
    MqttClientException failed = failure(connecting);
    assertThat(failed.failure()).isEqualTo(MqttClientFailure.AUTHENTICATION_FAILED);
    assertThat(line.read(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.UNSPECIFIED_ERROR);
    assertThat(client.isConnected()).isFalse();
  }

  @Test
  void aServerThatDoesNotReadFillsTheQueueAndNoMore() throws Exception {
    MqttClient client = client(options().setPublishQueueMessages(10).setPublishQueueBytes(4 << 20));
    connect(client);
    Buffer large = Buffer.buffer(new byte[256 * 1024]);
    Future<PublishResult> last = Future.succeededFuture();
    for (int i = 0; i < 1000 && !last.failed(); i++) {
      last = client.publish("a", large, QoS.AT_MOST_ONCE);
      await(client.publishQueueSize());
    }
    assertThat(failure(last).failure()).isEqualTo(MqttClientFailure.QUEUE_FULL);
  }

  @Test
  void whatWaitsForRoomGoesWhenTheServerReads() throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    Buffer large = Buffer.buffer(new byte[256 * 1024]);
    Future<PublishResult> last = Future.succeededFuture();
    for (int i = 0; i < 60; i++) {
      last = client.publish("a", large, QoS.AT_MOST_ONCE);
    }
    for (int i = 0; i < 60; i++) {
      assertThat(line.read(Publish.class).payload().length()).isEqualTo(large.length());
    }
    await(last);
  }

  @Test
  void aHandlerThatThrowsHarmsNobody() throws Exception {
    MqttClient client = client(options());
    HandServer.Line line = connect(client);
    Future<Subscription> subscribing =
        client.subscribe(
            "s",
            QoS.AT_LEAST_ONCE,
            m -> {
              throw new IllegalStateException("toy handler fails");
            });
    line.send(
        new SubAck(
            line.read(Subscribe.class).packetId(),
            List.of(ReasonCode.GRANTED_QOS_1),
            Properties.EMPTY));
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    await(subscribing).exceptionHandler(failure -> told.add(failure.getMessage()));
    await(client.publishQueueSize()); // the handler is set
    line.send(
        new Publish(
            TopicName.of("s"), Bytes.EMPTY, QoS.AT_LEAST_ONCE, false, false, 5, Properties.EMPTY));
    assertThat(line.read(PubAck.class).packetId()).isEqualTo(5);
    assertThat(next(told)).isEqualTo("toy handler fails");
    assertThat(client.isConnected()).isTrue();
  }

  @Test
  void aConnectionHandlerThatThrowsHarmsNobody() throws Exception {
    MqttClient client =
        MqttClient.create(vertx, options())
            .connectionHandler(
                change -> {
                  throw new IllegalStateException("toy handler fails");
                });
    Future<?> connecting = client.connect();
    HandServer.Line line = server.accept(false);
    await(connecting);
    Future<PublishResult> published = client.publish("a", "x", QoS.AT_LEAST_ONCE);
    line.send(PubAck.of(line.read(Publish.class).packetId()));
    assertThat(await(published).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void aClientEndsWithTheVerticleThatHasMadeIt() throws Exception {
    MqttClient[] made = new MqttClient[1];
    Future<String> deploying =
        vertx.deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> start() {
                made[0] = client(options());
                return made[0].connect();
              }
            });
    HandServer.Line line = server.accept(false);
    await(vertx.undeploy(await(deploying)));
    assertThat(line.read(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    assertThat(failure(made[0].connect()).failure()).isEqualTo(MqttClientFailure.CLOSED);
  }

  @Test
  void blockingAnEventLoopIsRefusedAtOnce() throws Exception {
    Promise<Throwable> thrown = Promise.promise();
    MqttClient client = client(options());
    vertx.runOnContext(
        ignored -> {
          try {
            BlockingMqttClient.of(client).publish("a", "x", QoS.AT_LEAST_ONCE);
            thrown.fail("it has blocked");
          } catch (IllegalStateException e) {
            thrown.complete(e);
          }
        });
    assertThat(await(thrown.future())).hasMessageContaining("MqttClient.publish()");
  }

  @Test
  void blockingWaitsNoLongerThanItMay() {
    BlockingMqttClient patient =
        BlockingMqttClient.of(client(options())).withTimeout(Duration.ofMillis(20));
    assertThatThrownBy(() -> patient.publish("a", "x", QoS.AT_LEAST_ONCE))
        .isInstanceOfSatisfying(
            MqttClientException.class,
            late -> assertThat(late.failure()).isEqualTo(MqttClientFailure.TIMEOUT));
  }
}
