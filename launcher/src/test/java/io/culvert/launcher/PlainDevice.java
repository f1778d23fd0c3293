package io.culvert.launcher;

import io.culvert.client.MqttClientOptions;
import io.culvert.rpc.MqttLink;
import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A device that answers each request with the same, once for each of its options. */
final class PlainDevice implements AutoCloseable {
  private static final int LIMIT_SECONDS = 30;

  private final Vertx vertx;
  private final MqttLink link;
  private final Object body;
  private final List<RpcOptions> answers;

  private PlainDevice(Vertx vertx, MqttLink link, Object body, List<RpcOptions> answers) {
    this.vertx = vertx;
    this.link = link;
    this.body = body;
    this.answers = answers;
  }

  /**
   * Returns when it can be asked.
   *
   * @param answers what each of them says beyond the plain protocol
   */
  static PlainDevice start(String tag, String port, Object body, RpcOptions... answers) {
    Vertx vertx = Vertx.vertx();
    MqttClientOptions options =
        new MqttClientOptions().setAddresses("mqtt://127.0.0.1:" + port).setClientId(tag);
    MqttLink link = MqttLink.create(vertx, options, /* mqtt5= */ false);
    PlainDevice device = new PlainDevice(vertx, link, body, List.of(answers));
    String asked = RpcTopic.requestFilter(RpcTopic.DEFAULT_NAMESPACE, tag);
    await(link.connect().compose(done -> link.subscribe(asked, 1, device::answer)));
    return device;
  }

  @Override
  public void close() {
    await(link.close().eventually(vertx::close));
  }

  private Future<?> answer(RpcMessage message) {
    RpcTopic topic = Objects.requireNonNull(RpcTopic.find(message.topic())).response();
    Payload.Request request;
    try {
      request = (Payload.Request) PayloadCodec.DEFAULT.decode(message.payload());
    } catch (PayloadViolation violation) {
      return Future.failedFuture(violation);
    }
    Future<Void> sent = Future.succeededFuture();
    for (RpcOptions options : answers) {
      Header header = Header.of(request.requestId(), request.path());
      Payload.Response response =
          new Payload.Response(
              options.isEmpty() ? header : header.withOptions(options),
              ResponseCode.CONTENT.number(),
              body,
              Timestamp.ofMillis(System.currentTimeMillis()));
      RpcMessage answer =
          new RpcMessage(
              topic.text(), PayloadCodec.DEFAULT.encode(response), /* qos= */ 1, null, null, null);
      sent = sent.compose(done -> link.publish(answer));
    }
    return sent;
  }

  private static void await(Future<?> future) {
    future
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
        .join();
  }
}
