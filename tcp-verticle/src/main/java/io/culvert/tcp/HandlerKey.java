package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.MessageType;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * By what handlers are found, unless an application has keys of its own.
 *
 * @param uri or null for every one
 * @param peer or null for everybody
 */
public record HandlerKey(MessageType type, @Nullable Bytes uri, @Nullable SocketAddress peer) {
  public static HandlerKey of(MessageType type) {
    return new HandlerKey(type, null, null);
  }

  public static HandlerKey of(MessageType type, String uri) {
    return new HandlerKey(type, Bytes.utf8(uri), null);
  }
}
