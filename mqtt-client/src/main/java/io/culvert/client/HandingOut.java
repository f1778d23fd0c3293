package io.culvert.client;

import io.culvert.mqtt.wire.ReasonCode;
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
        receiver.isManual() ? new Answering(arrival) : code -> {});
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

  /** Whether the server sends a message again that was not answered. Any thread may ask. */
  static boolean comesAgain(ReceivedMessage message) {
    return message.acknowledgement() instanceof Answering answering
        && answering.arrival.comesAgain();
  }

  /** Only the first answer counts. */
  private final class Answering implements ReceivedMessage.Acknowledgement {
    private final Arrival arrival;
    private boolean answered;

    Answering(Arrival arrival) {
      this.arrival = arrival;
    }

    @Override
    public void answer(ReasonCode code) {
      loop.execute(
          () -> {
            if (!answered) {
              answered = true;
              inbox.settled(arrival, code);
            }
          });
    }
  }
}
