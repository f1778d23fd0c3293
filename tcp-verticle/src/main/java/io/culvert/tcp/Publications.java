package io.culvert.tcp;

import io.culvert.runtime.bus.TcpFailure;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a message that somebody publishes: it goes to the peers that have subscribed to
 * its URI, to subscribers on the event bus, and over bridges. Single-threaded.
 */
final class Publications implements MessageHandler {
  private final TcpServer server;
  private final Feeds feeds;
  private final Bridges bridges;

  Publications(TcpServer server, Feeds feeds, Bridges bridges) {
    this.server = server;
    this.feeds = feeds;
    this.bridges = bridges;
  }

  @Override
  public Reply handle(Message message, TcpPeer peer) {
    return Reply.later(
        publish(message, peer)
            .map(sent -> Reply.of(message.reply(MessageType.OK, String.valueOf(sent))))
            .recover(failure -> failed(message, failure)));
  }

  /**
   * Publishes.
   *
   * @param peer who does, or null where it is not a peer
   * @return how many subscribers it was sent to; fails where a bridge could not carry it on
   */
  Future<Integer> publish(Message message, @Nullable TcpPeer peer) {
    Message notification = message.reply(MessageType.NOTIFY_URI, message.content());
    return server
        .notify(message.uri(), notification)
        .compose(
            sent -> {
              int all = sent + feeds.publish(message, peer);
              return bridges.carry(message, peer).map(all);
            });
  }

  private static Future<Reply> failed(Message message, Throwable failure) {
    TcpFailure why = TcpFailure.of(failure);
    return why == null
        ? Future.failedFuture(failure)
        : Future.succeededFuture(
            Reply.of(message.reply(MessageType.ERROR, String.valueOf(failure.getMessage()))));
  }
}
