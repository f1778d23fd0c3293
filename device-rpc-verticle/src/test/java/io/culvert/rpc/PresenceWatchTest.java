package io.culvert.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.rpc.protocol.Presence;
import io.culvert.rpc.protocol.Timestamp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is heard of devices, and what a device has said of itself. */
class PresenceWatchTest {
  private static final String NAMESPACE = "gf_int_v1";

  private final Vertx vertx = Vertx.vertx();
  private final RecordedLink link = new RecordedLink();
  private final RpcClient client = RpcClient.create(vertx, RpcClientOptions.of("me"), () -> link);
  private final DeviceDirectory directory = new DeviceDirectory(10);
  private final List<String> online = new ArrayList<>();
  private final PresenceWatch watch = new PresenceWatch(vertx, client, directory, 1);

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void everyWordThatSomebodyIsThereIsTold() throws Exception {
    await(client.connect());
    watch.onOnline(online::add);
    await(watch.start());
    assertThat(link.open).containsExactly("gf_int_v1/rpc/system/+/presence");
    says("a", Presence.payload(true, Timestamp.ofMillis(1)));
    says("b", Presence.payload(false, Timestamp.ofMillis(1)));
    says("a", Presence.payload(true, Timestamp.ofMillis(2)));
    assertThat(online).containsExactly("a", "a");
    assertThat(directory.list(10)).hasSize(2);
  }

  @Test
  void whatIsNotUnderstoodChangesNothing() throws Exception {
    await(client.connect());
    watch.onOnline(online::add);
    await(watch.start());
    says("a", Bytes.utf8("{"));
    heard("gf_int_v1/rpc/system/a/else", Presence.payload(true, Timestamp.ofMillis(1)));
    assertThat(online).isEmpty();
    assertThat(directory.list(10)).isEmpty();
    says("a", Presence.payload(true, Timestamp.ofMillis(1)));
    says("a", Bytes.utf8("{\"body\":{\"online\":false}}"));
    assertThat(directory.list(10).get(0).getBoolean("online")).isTrue();
    says("a", Bytes.EMPTY);
    assertThat(directory.list(10)).isEmpty();
  }

  @Test
  void aBrokerThatIsNotThereYetIsAskedAgain() throws Exception {
    await(client.connect());
    link.failure = new ReplyException(ReplyFailure.NO_HANDLERS, "nobody");
    await(watch.start());
    assertThat(link.open).hasSize(1);
  }

  @Test
  void aBrokerThatRefusesIsNotAskedAgain() throws Exception {
    await(client.connect());
    link.refused.add(Presence.filter(NAMESPACE));
    Promise<String> told = Promise.promise();
    watch.start().onFailure(failure -> told.complete(failure.getMessage()));
    assertThat(await(told.future())).isEqualTo("refused");
    assertThat(link.subscribed).isZero();
  }

  @Test
  void whoServesADeviceAnnouncesIt() throws Exception {
    await(client.serve(new Device()).connect());
    assertThat(link.announced)
        .extracting(RpcMessage::topic)
        .containsOnly("gf_int_v1/rpc/system/me/presence");
    assertThat(link.announced)
        .extracting(message -> Presence.read("me", message.payload()).online())
        .containsExactly(true, false);
  }

  @Test
  void whoServesNoneIsPlainOrDoesNotWantToSaysNothing() throws Exception {
    await(client.connect());
    RpcClientOptions other = RpcClientOptions.of("other");
    for (RpcClientOptions silent : List.of(other.withPlain(true), other.withPresence(false))) {
      await(RpcClient.create(vertx, silent, () -> link).serve(new Device()).connect());
    }
    assertThat(link.announced).isEmpty();
  }

  private void says(String tag, Bytes payload) throws Exception {
    heard(Presence.topic(NAMESPACE, tag), payload);
  }

  private void heard(String topic, Bytes payload) throws Exception {
    await(
        client.detached(
            () ->
                link.handlers
                    .get(Presence.filter(NAMESPACE))
                    .apply(RpcMessage.of(topic, payload))
                    .mapEmpty()));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(10, TimeUnit.SECONDS);
  }
}
