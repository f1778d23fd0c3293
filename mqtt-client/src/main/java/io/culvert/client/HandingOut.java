package io.culvert.client;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Messages as the application gets them, and its answers. On the event loop only. */
final class HandingOut {
  private final Inbox inbox;
  private final Executor loop;
  private final String clientId;
  private @Nullable Handler<ReceivedMessage> defaultHandler;

  /**
   * @param loop carries out on the event loop what any thread says
   */
  HandingOut(Inbox inbox, Executor loop, String clientId) {
    this.inbox = inbox;
    this.loop = loop;
    this.clientId = clientId;
  }

  /** A message as its handler gets it. */
  ReceivedMessage message(Arrival arrival, Receiver receiver) {
    return new ReceivedMessage(
        arrival.topic.toString(),
        Buffer.buffer(arrival.payload),
        arrival.qos,
        arrival.retain,
        arrival.dup,
        arrival.packetId,
        arrival.properties,
        receiver.isManual() ? answering(arrival) : code -> {});
  }

  /** Who gets what no subscription matches; null for nobody. */
  void defaultHandler(@Nullable Handler<ReceivedMessage> handler, boolean manual) {
    defaultHandler = handler;
    inbox.others(handler == null ? null : this::takeOther, manual);
  }

  private void takeOther(Arrival arrival) {
    @Nullable Handler<ReceivedMessage> told = defaultHandler;
    if (told != null) {
      Told.guarded(
          "The default handler of client " + clientId,
          () -> told.handle(message(arrival, inbox.others())));
    }
  }

  /** Only the first answer counts. */
  private ReceivedMessage.Acknowledgement answering(Arrival arrival) {
    boolean[] answered = {false};
    return code ->
        loop.execute(
            () -> {
              if (!answered[0]) {
                answered[0] = true;
                inbox.settled(arrival, code);
              }
            });
  }
}
