package io.culvert.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Wake;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.Shard;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.FrameEngine;
import io.culvert.tcp.wire.FrameLimits;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageCodec;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Vertx;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandlerKeyTest {
  private static final MessageHandler FIRST = (message, peer) -> Reply.none();
  private static final MessageHandler SECOND = (message, peer) -> Reply.none();

  @Test
  void typeAndUriComeBeforeType() {
    assertThat(keysOf(Dialect.DEFAULT))
        .isEqualTo(
            List.of(
                HandlerKey.of(MessageType.REQUEST_URI, "x/y"),
                HandlerKey.of(MessageType.REQUEST_URI)));
  }

  @Test
  void newestDialectLooksForThePeerFirst() {
    assertThat(keysOf(Dialect.N009_P03))
        .isEqualTo(
            List.of(
                new HandlerKey(MessageType.REQUEST_URI, Bytes.utf8("x/y"), null),
                HandlerKey.of(MessageType.REQUEST_URI, "x/y"),
                HandlerKey.of(MessageType.REQUEST_URI)));
  }

  @Test
  void handlerForOneMessageIsClaimedOnce() {
    Handlers handlers = new Handlers().once(HandlerKey.of(MessageType.OK, "a"), FIRST, null);
    Handlers.Found found = handlers.find(List.of(HandlerKey.of(MessageType.OK, "a")));
    assertThat(handlers.claim(found)).isTrue();
    assertThat(handlers.claim(found)).isFalse();
    assertThat(handlers.find(List.of(HandlerKey.of(MessageType.OK, "a")))).isNull();
  }

  @Test
  void firstKeyThatHasAHandlerWins() {
    Handlers handlers = new Handlers().on(MessageType.OK, FIRST).on(MessageType.OK, "a", SECOND);
    List<HandlerKey> keys =
        List.of(HandlerKey.of(MessageType.OK, "a"), HandlerKey.of(MessageType.OK));
    assertThat(handlers.find(keys).entry().handler()).isSameAs(SECOND);
    handlers.remove(HandlerKey.of(MessageType.OK, "a"));
    assertThat(handlers.find(keys).entry().handler()).isSameAs(FIRST);
  }

  /** Of a message whose peer has no address. */
  static List<?> keysOf(Dialect dialect) {
    Vertx vertx = Vertx.vertx();
    try {
      Shard shard = Shard.current(vertx);
      MessageCodec codec = MessageCodec.of(dialect);
      FrameEngine engine =
          new FrameEngine(codec, FrameLimits.DEFAULT, new BufferPool(), Wake.NOBODY, 0);
      TcpPeer peer = new TcpPeer(1, new Nowhere(), engine, shard, new Framing(codec, null), 1);
      return KeyExtractor.of(dialect).keys(Message.of(MessageType.REQUEST_URI, "x/y"), peer);
    } finally {
      Sync.await(vertx.close());
    }
  }

  private static final class Nowhere implements Peer {
    @Override
    public String transport() {
      return "stream";
    }

    @Override
    public SocketAddress remote() {
      return null;
    }

    @Override
    public SocketAddress local() {
      return null;
    }
  }
}
