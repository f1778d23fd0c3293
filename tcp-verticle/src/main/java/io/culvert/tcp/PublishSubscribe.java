package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;

/**
 * The usual meaning of SUBSCRIBE, UNSUBSCRIBE and PUBLISH: subscriptions are to URIs, a published
 * message goes to those of its URI as NOTIFY, and its sender learns how many they were.
 */
public final class PublishSubscribe {
  private final TcpServer server;

  private PublishSubscribe(TcpServer server) {
    this.server = server;
  }

  /** Adds its handlers to a server. */
  public static void addTo(TcpServer server) {
    PublishSubscribe added = new PublishSubscribe(server);
    server
        .handlers()
        .on(MessageType.SUBSCRIBE_URI, added::subscribe)
        .on(MessageType.UNSUBSCRIBE_URI, added::unsubscribe)
        .on(MessageType.PUBLISH_URI, added::publish);
  }

  private Reply subscribe(Message message, TcpPeer peer) {
    return Reply.later(
        server
            .subscribe(message.uri(), peer)
            .map(
                done ->
                    Reply.of(
                        done
                            ? message.reply(MessageType.CONFIRM_SUBSCRIBE, Bytes.EMPTY)
                            : message.reply(
                                MessageType.ERROR, "as many subscriptions as may be"))));
  }

  private Reply unsubscribe(Message message, TcpPeer peer) {
    return Reply.later(
        server
            .unsubscribe(message.uri(), peer)
            .map(done -> Reply.of(message.reply(MessageType.CONFIRM_UNSUBSCRIBE, Bytes.EMPTY))));
  }

  private Reply publish(Message message, TcpPeer peer) {
    return Reply.later(
        server
            .notify(message.uri(), message.reply(MessageType.NOTIFY_URI, message.content()))
            .map(sent -> Reply.of(message.reply(MessageType.OK, String.valueOf(sent)))));
  }
}
