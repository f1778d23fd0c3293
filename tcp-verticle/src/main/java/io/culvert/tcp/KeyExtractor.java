package io.culvert.tcp;

import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Message;
import java.util.List;

/** Under which keys the handler of a message may be registered; the first one that is wins. */
@FunctionalInterface
public interface KeyExtractor {
  /** That of a dialect. */
  static KeyExtractor of(Dialect dialect) {
    return dialect == Dialect.N009_P03
        ? (message, peer) ->
            List.of(
                new HandlerKey(message.type(), message.uri(), peer.remote()),
                new HandlerKey(message.type(), message.uri(), null),
                HandlerKey.of(message.type()))
        : (message, peer) ->
            List.of(
                new HandlerKey(message.type(), message.uri(), null), HandlerKey.of(message.type()));
  }

  List<?> keys(Message message, TcpPeer peer);
}
